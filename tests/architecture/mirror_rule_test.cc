#include "tests/architecture/mirror_rule.h"

#include <doctest/doctest.h>

using namespace millet::architecture;

// Headers without a test of their own. A header that gets its test leaves this list; the test below says so.
static const std::vector<Exception> exceptions = {
    // Back ends are held by the conformance tests of the operations, kernel by kernel.
    {"ops/cpu/", "conformance tests run over every back end and level present"},
    {"ops/reference/", "the specification itself, held by the golden vectors in tests/golden/ops"},
    // Declarations without behaviour.
    {"cli/command.h", "a struct; its use is tested in command_line_test"},
    {"cli/commands.h", "rows; program_test runs them"},
    {"core/context.h", "joins device, pool, arena and log, which have theirs"},
    {"core/device.h", "an interface"},
    {"core/dtype.h", "a table of four rows"},
    {"core/work.h", "a struct"},
    {"infer/request.h", "structs; engine and batcher give and take them"},
    {"cli/problems.h", "joins recipe, task and form; every test of rl and eval goes through it"},
    {"tasks/file_config.h", "keys of a recipe; file_task_test uses them"},
    {"text/answer_form.h", "an interface; thinking_test and chat_form_test hold its forms"},
    {"cli/training.h", "joins estimate, weights, run and loop; every test of pretrain and sft goes through it"},
    {"cli/session.h", "joins device, context and model; every test of the program goes through it"},
    {"cli/demonstration.h", "the demonstration's own run is its test"},
    {"report/demo.h", "a struct; html_test writes its page"},
    {"report/demo_page.h", "html_test writes this page and reads it"},
    {"report/run_page.h", "html_test writes this page and reads it"},
    {"report/run_data.h", "what pages are made of; html_test goes through it"},
    {"report/web_files.h", "bytes of web/ that the build embeds"},
    {"nn/batch.h", "a struct, the input of every forward"},
    {"nn/cost.h", "a struct with a sum"},
    {"nn/expert_exchange.h", "an interface; its local form has its tests"},
    {"tasks/math/", "pieces of the verifier; math_verify_test and its neighbours hold it, case by case"},
    {"tasks/thought.h", "a piece of the tasks, whose tests read what it writes"},
    {"text/jinja/", "pieces of the template engine; jinja_test and chat_template_test hold it, construct by construct"},
    {"text/token_model.h", "an interface; tokenizer_test holds the kinds"},
    {"train/hooks.h", "a struct of functions"},
};

TEST_CASE("a header without a test is found, unless an exception names it") {
  const Tree tree = {{"src/millet/nn/a.h", ""},
                     {"src/millet/nn/b.h", ""},
                     {"src/millet/rl/algorithms/c.h", ""},
                     {"tests/nn/a_test.cc", ""},
                     {"tests/rl/c_slow_test.cc", ""}};
  CHECK(broken_mirror(tree, {}) == Findings{"nn/b.h has no tests/nn/b_test.cc"});
  CHECK(broken_mirror(tree, {{"nn/b.h", "why"}}).empty());
  CHECK(broken_mirror(tree, {{"nn/", "why"}}).empty());
}

TEST_CASE("an exception that is no longer one is found") {
  const Tree tree = {{"src/millet/nn/a.h", ""}, {"tests/nn/a_test.cc", ""}};
  CHECK(broken_mirror(tree, {{"nn/a.h", "why"}}) ==
        Findings{"nn/a.h has its test now: take it off the list of exceptions"});
  CHECK(broken_mirror(tree, {{"nn/gone.h", "why"}}) ==
        Findings{"nn/gone.h is gone: take it off the list of exceptions"});
  CHECK(broken_mirror(tree, {{"attic/", "why"}}).size() == 1);
}

TEST_CASE("the project's tests mirror its source") {
  const Findings found = broken_mirror(read_tree(MILLET_SOURCE_DIR), exceptions);
  CHECK_MESSAGE(found.empty(), joined(found));
}
