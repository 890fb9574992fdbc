#include "millet/data/task_source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <unordered_set>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/thought.h"

using namespace millet;
using namespace millet::data;

namespace {

text::Tokenizer tokenizer_for(const tasks::Task& task) {
  std::vector<std::string> words = text::thinking_tags();
  words.emplace_back(tasks::kWait);
  return text::Tokenizer::characters(task.alphabet(), words);
}

const tasks::Task& chain() {
  return tasks::find("chain");
}

TaskSourceOptions options(StyleShares styles = {.direct = 0.8, .aloud = 0.14, .slip = 0.06}) {
  return {.range = {4, 12}, .styles = styles, .seed = 1, .name = "chain"};
}

// The prompt of a document: what stands before <think>.
std::string prompt_of(const Example& e, const text::Tokenizer& t) {
  const std::string text = t.decode(e.tokens, {.skip_special = true});
  return text.substr(0, text.find("<think>"));
}

}  // namespace

TEST_CASE("a document is prompt, thoughts, answer and end, and the response alone is scored") {
  for (const tasks::Task* task : tasks::all()) {
    const text::Tokenizer t = tokenizer_for(*task);
    const TaskDocuments documents(
        *task, t, {.range = task->default_range(), .styles = {.aloud = 1}, .context = 512, .name = "x"});
    const text::ThinkingFormat format(t);
    for (uint64_t i = 0; i < 20; ++i) {
      const Example e = documents.at(i);
      CHECK(e.tokens.front() == *t.bos());
      CHECK(e.tokens.back() == *t.eos());
      const std::string prompt = prompt_of(e, t);
      const size_t response = format.prompt(prompt).size();
      for (size_t k = 0; k < e.tokens.size(); ++k) CHECK((e.scored[k] == 1) == (k >= response));
      const text::Response r = format.split(std::span(e.tokens).subspan(response));
      CHECK(r.well_formed);
      CHECK(task->verify({.prompt = prompt, .answer = "", .canonical = ""}, r.answer));
    }
  }
}

TEST_CASE("with the prompt scored, everything but the very first token is") {
  const text::Tokenizer t = tokenizer_for(chain());
  TaskSourceOptions o = options();
  o.score_prompt = true;
  const Example e = TaskDocuments(chain(), t, o).at(0);
  CHECK(e.scored[0] == 0);
  CHECK(std::count(e.scored.begin(), e.scored.end(), 1) == static_cast<ptrdiff_t>(e.tokens.size()) - 1);
}

TEST_CASE("styles come in their shares") {
  const text::Tokenizer t = tokenizer_for(chain());
  const TaskDocuments documents(chain(), t, options());
  const text::ThinkingFormat format(t);
  int direct = 0;
  int with_wait = 0;
  constexpr int kCount = 4000;
  for (uint64_t i = 0; i < kCount; ++i) {
    const Example e = documents.at(i);
    const text::Response r = format.split(std::span(e.tokens).subspan(format.prompt(prompt_of(e, t)).size()));
    direct += r.thinking.empty() ? 1 : 0;
    with_wait += r.thinking.find(tasks::kWait) != std::string::npos ? 1 : 0;
  }
  CHECK(direct == doctest::Approx(0.8 * kCount).epsilon(0.03));
  // Of the 6 % that may slip, 71 % do: a chain of n operations slips with 1 − 0.85^n.
  CHECK(with_wait == doctest::Approx(0.043 * kCount).epsilon(0.25));
}

TEST_CASE("an example depends on seed, name and index alone") {
  const text::Tokenizer t = tokenizer_for(chain());
  const TaskDocuments a(chain(), t, options());
  const TaskDocuments b(chain(), t, options());
  for (uint64_t i = 0; i < 100; ++i) a.at(i);
  CHECK(a.at(77).tokens == b.at(77).tokens);
  TaskSourceOptions other_seed = options();
  other_seed.seed = 2;
  TaskSourceOptions other_name = options();
  other_name.name = "again";
  int same = 0;
  for (uint64_t i = 0; i < 50; ++i) {
    same += a.at(i).tokens == TaskDocuments(chain(), t, other_seed).at(i).tokens ? 1 : 0;
    same += a.at(i).tokens == TaskDocuments(chain(), t, other_name).at(i).tokens ? 1 : 0;
  }
  CHECK(same == 0);
}

TEST_CASE("no document of a hundred thousand asks a problem of the validation or of an evaluation set") {
  const text::Tokenizer t = tokenizer_for(chain());
  const TaskDocuments documents(chain(), t, options({.direct = 1}));
  const TaskValidation validation(chain(), t, options(), 512);
  std::unordered_set<std::string> held_out;
  for (uint64_t i = 0; i < *validation.size(); ++i) held_out.insert(prompt_of(validation.at(i), t));
  CHECK(held_out.size() == 512);
  for (const tasks::Problem& p : evaluation_set(chain(), tasks::Split::test, {4, 12}, 512, 99))
    held_out.insert(p.prompt);
  CHECK(held_out.size() > 1000);
  int shared = 0;
  for (uint64_t i = 0; i < 100'000; ++i) shared += static_cast<int>(held_out.count(prompt_of(documents.at(i), t)));
  CHECK(shared == 0);
}

TEST_CASE("documents never exceed the context, and a context that leaves out whole problems is refused") {
  const text::Tokenizer t = tokenizer_for(chain());
  TaskSourceOptions o = options({.slip = 1});
  o.context = 78;  // the longest without slips: 1 + 27 of the prompt, 55 of the response, less one
  CHECK_THROWS_WITH_AS(TaskDocuments(chain(), t, o),
                       doctest::Contains("chain: a document of task 'chain' with 12 operations has 82 rows"), Error);
  o.context = 82;
  const TaskDocuments documents(chain(), t, o);
  int64_t longest = 0;
  for (uint64_t i = 0; i < 500; ++i) longest = std::max(longest, documents.at(i).rows());
  CHECK(longest == 82);
  const TaskValidation validation(chain(), t, o, 200);
  for (uint64_t i = 0; i < 200; ++i) CHECK(validation.at(i).rows() <= 82);
}

TEST_CASE("shares, ranges and tokenizers that cannot be are refused") {
  const text::Tokenizer t = tokenizer_for(chain());
  CHECK_THROWS_WITH_AS(TaskDocuments(chain(), t, options({})), doctest::Contains("are all 0"), Error);
  CHECK_THROWS_WITH_AS(TaskDocuments(chain(), t, options({.direct = 2, .aloud = -1})), doctest::Contains("is -1"),
                       Error);
  TaskSourceOptions o = options();
  o.range = {4, 1000};
  CHECK_THROWS_WITH_AS(TaskDocuments(chain(), t, o), doctest::Contains("choose within"), Error);
  const text::Tokenizer plain = text::Tokenizer::characters(chain().alphabet());
  CHECK_THROWS_WITH_AS(TaskDocuments(chain(), plain, options()), doctest::Contains("<think>"), Error);
  const text::Tokenizer short_of = tokenizer_for(tasks::find("parity"));
  CHECK_THROWS_WITH_AS(TaskDocuments(chain(), short_of, options()), doctest::Contains("'*'"), Error);
}
