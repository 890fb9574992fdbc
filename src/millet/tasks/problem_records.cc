#include "millet/tasks/problem_records.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "millet/core/error.h"
#include "millet/core/unicode.h"
#include "millet/io/input_stream.h"
#include "millet/tasks/math/boxed.h"

namespace millet::tasks {

using io::Json;

// A text, or a number as people write it: 39, 145 for 145.0, 2.5.
static std::string text_of(const Json& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_int()) return std::to_string(value.as_int());
  if (const std::string* digits = value.large_integer()) return *digits;
  const double number = value.as_double();
  if (number == std::floor(number)) return fmt::format("{:.0f}", number);
  const std::string shortest = fmt::format("{}", number);
  if (shortest.find('e') == std::string::npos) return shortest;
  for (int decimals = 1; decimals < 400; ++decimals) {  // 1e-07 is 0.0000001
    std::string out = fmt::format("{:.{}f}", number, decimals);
    if (std::strtod(out.c_str(), nullptr) == number) return out;
  }
  return shortest;
}

// The first of these keys that the record has.
static const Json* first_of(const Json& record, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const Json* found = record.find(key); found != nullptr && !found->is_null()) return found;
  }
  return nullptr;
}

static std::string trimmed(std::string_view text) {
  return std::string(unicode::trimmed(text));
}

// GSM8K's notes for a calculator, <<48/2=24>>, are taken out.
static std::string without_calculations(std::string text) {
  for (size_t at = text.find("<<"); at != std::string::npos; at = text.find("<<", at)) {
    const size_t end = text.find(">>", at);
    if (end == std::string::npos) break;
    text.erase(at, end + 2 - at);
  }
  return text;
}

// "Level 3", or a number.
static int64_t difficulty_of(const Json& record) {
  const Json* value = first_of(record, {"difficulty", "level", "grade"});
  if (value == nullptr) return 0;
  if (value->is_int()) return value->as_int();
  if (!value->is_string()) return 0;
  const std::string& text = value->as_string();
  const size_t digit = text.find_first_of("0123456789");
  return digit == std::string::npos ? 0 : std::atoi(text.c_str() + digit);
}

// What the user is asked in a list of messages.
static std::string question_in(const Json& messages) {
  for (const Json& message : messages.items()) {
    if (message.at("role").as_string() == "user") return message.at("content").as_string();
  }
  messages.refuse("has no message of the user");
}

ProblemRecord read_problem(const Json& record) {
  if (!record.is_object()) record.refuse("is {}: a problem is an object", io::name_of(record.kind()));
  ProblemRecord out{.difficulty = difficulty_of(record), .record = record};
  if (const Json* body = record.find("Body")) {  // SVAMP
    const std::string text = trimmed(body->as_string());
    const bool ends = text.ends_with('.') || text.ends_with('?') || text.ends_with('!');
    out.question = text + (ends ? " " : ". ") + trimmed(record.at("Question").as_string());
    out.answer = text_of(record.at("Answer"));
    return out;
  }
  const Json* question = first_of(record, {"prompt", "question", "problem", "input"});
  if (question != nullptr) {
    out.question = question->as_string();
  } else if (const Json* messages = record.find("messages")) {
    out.question = question_in(*messages);
  } else {
    record.refuse("has no question: one of the keys prompt, question, problem, input or messages is wanted");
  }
  if (const Json* solution = record.find("solution"); solution != nullptr && solution->is_string())
    out.solution = solution->as_string();
  if (const Json* answer = first_of(record, {"answer", "gold", "golden", "target"})) {
    out.answer = text_of(*answer);
    // GSM8K's: the solution, then "#### 72".
    if (const size_t mark = out.answer.rfind("####"); mark != std::string::npos) {
      out.solution = without_calculations(trimmed(out.answer.substr(0, mark)));
      out.answer = trimmed(out.answer.substr(mark + 4));
    }
  } else {
    out.answer = math::last_boxed(out.solution).value_or("");
    if (out.answer.empty()) {
      record.refuse(
          "has no answer: one of the keys answer, gold, golden or target is wanted, or a solution with "
          "\\boxed{{}}");
    }
  }
  if (unicode::trimmed(out.answer).empty()) record.refuse("has an empty answer: nothing could be right");
  return out;
}

static constexpr size_t kLongestProblem = size_t{1} << 26;  // bytes of a line

std::vector<ProblemRecord> read_problems(const std::filesystem::path& file) {
  std::vector<ProblemRecord> out;
  io::InputStream in(file);
  io::LineReader reader(in, kLongestProblem);
  io::LineReader::Line line;
  const auto next = [&] {
    try {
      return reader.next(line);
    } catch (const Error& e) {  // a broken archive
      throw e.within(fmt::format("{}:{}", file.string(), line.number + 1));
    }
  };
  while (next()) {
    const std::string place = fmt::format("{}:{}", file.string(), line.number);
    require(!line.too_long, "{}: a line of more than 64 MiB", place);
    const std::string_view text = unicode::trimmed(line.text);
    if (text.empty()) continue;
    require(!out.empty() || !text.starts_with('['),
            "{}: an array: make a line of JSON of each problem, as jq -c '.[]' does", place);
    const Json record = Json::parse(text, file.string(), line.number);
    require(record.is_object(), "{}: {}: a problem is an object", place, io::name_of(record.kind()));
    out.push_back(read_problem(record));
    out.back().line = line.number;
  }
  require(!out.empty(), "{} holds no problems", file.string());
  return out;
}

}  // namespace millet::tasks
