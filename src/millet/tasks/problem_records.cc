#include "millet/tasks/problem_records.h"

#include <fmt/format.h>

#include <charconv>
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
  if (!value.is_number()) value.refuse("is {}: a text or a number is wanted", io::name_of(value.kind()));
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
  int64_t number = 0;
  if (digit == std::string::npos) return 0;
  const auto read = std::from_chars(text.data() + digit, text.data() + text.size(), number);
  if (read.ec != std::errc()) value->refuse("is '{}': a difficulty is a number below 2^63", text);
  return number;
}

// What the user is asked in a list of messages.
static std::string question_in(const Json& messages) {
  for (const Json& message : messages.items()) {
    if (message.at("role").as_string() == "user") return message.at("content").as_string();
  }
  messages.refuse("has no message of the user");
}

static bool is_blank(const Json& value) {
  return value.is_string() && unicode::trimmed(value.as_string()).empty();
}

// SVAMP's: the story, then what is asked of it.
static std::string story_question(const Json& record) {
  const std::string body = trimmed(record.at("Body").as_string());
  const std::string question = trimmed(record.at("Question").as_string());
  if (body.empty()) return question;
  const bool ends = body.ends_with('.') || body.ends_with('?') || body.ends_with('!');
  return body + (ends ? " " : ". ") + question;
}

static std::string question_of(const Json& record) {
  if (record.contains("Body")) return story_question(record);
  if (const Json* task = record.find("instruction"); task != nullptr && !is_blank(*task)) {  // Alpaca's, with its input
    const std::string input = record.string_or("input", "");
    return input.empty() ? task->as_string() : task->as_string() + "\n" + input;
  }
  if (const Json* question = first_of(record, {"prompt", "question", "problem", "input", "Question", "Problem"}))
    return question->as_string();
  if (const Json* messages = record.find("messages")) return question_in(*messages);
  record.refuse("has no question: one of the keys prompt, question, problem, input or messages is wanted");
}

ProblemRecord read_problem(const Json& record) {
  if (!record.is_object()) record.refuse("is {}: a problem is an object", io::name_of(record.kind()));
  ProblemRecord out{.question = question_of(record), .difficulty = difficulty_of(record), .record = record};
  if (unicode::trimmed(out.question).empty()) record.refuse("has an empty question: nothing would be asked");
  if (const Json* solution = first_of(record, {"solution", "Solution"}); solution != nullptr && solution->is_string())
    out.solution = solution->as_string();
  const Json* answer = first_of(record, {"answer", "gold", "golden", "target", "Answer"});
  if (answer != nullptr && is_blank(*answer) && math::last_boxed(out.solution)) answer = nullptr;
  if (answer != nullptr) {
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
  while (reader.next(line)) {
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
