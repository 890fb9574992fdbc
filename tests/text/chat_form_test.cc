#include "millet/text/chat_form.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using text::ChatForm;
using text::Tokenizer;

namespace {

struct Model {
  TemporaryDirectory folder;
  Tokenizer tokenizer = Tokenizer::bytes(std::vector<std::string>{"<think>", "</think>"});

  explicit Model(const std::string& opening = "") {
    tokenizer.save(folder.path());
    io::write_file_atomically(folder / "chat_template.jinja",
                              "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]" + opening);
  }
  ChatForm form(const std::string& instruction = "{question}", const std::string& system = "") const {
    return ChatForm(text::ChatPrompt(tokenizer, folder.path()),
                    {.instruction = instruction, .system = system, .ends = {*tokenizer.eos()}});
  }
  text::Response split(const ChatForm& form, std::string_view text) const {
    return form.split(tokenizer.encode(text, {.allow_special = true}));
  }
};

}  // namespace

TEST_CASE("a question stands in its instruction, behind the system message, by the template") {
  const Model m;
  const ChatForm form = m.form("Solve: {question}\nBox it.", "Be brief.");
  CHECK(m.tokenizer.decode(form.prompt("1+1 {question}")) ==
        "[system]Be brief.[user]Solve: 1+1 {question}\nBox it.[assistant]");
  CHECK(m.tokenizer.decode(m.form("Read: {question} Again: {question}!").prompt("{question}?")) ==
        "[user]Read: {question}? Again: {question}?![assistant]");
  CHECK_THROWS_WITH_AS(m.form("{question}", "Answer {question}"), doctest::Contains("belongs into task.instruction"),
                       Error);
  CHECK_THROWS_WITH_AS(m.form("Solve it."), doctest::Contains("write {question}"), Error);
}

TEST_CASE("a response is a thought, where there is one, and an answer, if it ended") {
  const Model m;
  const ChatForm form = m.form();
  const auto plain = m.split(form, " It is 2.\n<eos>more");
  CHECK(plain.well_formed);
  CHECK(plain.answer == "It is 2.");
  CHECK_FALSE(plain.has_thinking);
  const auto thought = m.split(form, "<think>\nhm\n</think>\n\n2<eos>");
  CHECK(thought.well_formed);
  CHECK(thought.thinking == "hm");
  CHECK(thought.answer == "2");
  CHECK_FALSE(m.split(form, "It is 2.").well_formed);               // cut off
  CHECK_FALSE(m.split(form, "<think>hm<eos>").well_formed);         // a thought without an end
  CHECK_FALSE(m.split(form, "<think>h</think><eos>").well_formed);  // no answer
}

TEST_CASE("a prompt that opens the thought is gone on from") {
  const Model m("<think>\n");
  const auto r = m.split(m.form(), "hm</think>2<eos>");
  CHECK(r.well_formed);
  CHECK(r.thinking == "hm");
  CHECK(r.answer == "2");
}
