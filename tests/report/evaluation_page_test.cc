#include "millet/report/evaluation_page.h"

#include <doctest/doctest.h>

#include "millet/report/markup.h"

using namespace millet::report;

static Evaluation small(const std::string& name, double pass1) {
  return {
      .name = name,
      .task = "chain",
      .unit = "operations",
      .set = "00ff",
      .problems = 4,
      .chance = 0.1,
      .pass1 = pass1,
      .pass1_low = pass1 / 2,
      .pass1_high = 1,
      .length = 6,
      .thinks = 0,
      .truncated = 0.125,
      .sampled = {.problems = 2, .k = 2, .pass1 = 0.3, .pass_k = 0.45, .pass_at = {{1, 0.3}, {2, 0.45}}, .cons_k = 0.5},
      .by_difficulty = {{4, 3, 0.25, 6}, {7, 1, 1, 6}},
      .transcripts = {{.difficulty = 4, .prompt = "1<2=?", .answer = "3", .given = "5"}}};
}

static bool has(const std::string& page, const std::string& text) {
  return page.find(text) != std::string::npos;
}

TEST_CASE("one model: every measure, each set with its difficulties, answers escaped") {
  const EvaluatedModel model{"runs/<a>", {small("test", 0.25), small("longer", 0.5)}};
  const std::string page = evaluation_page(std::span(&model, 1), {});
  CHECK(has(page, "runs/&lt;a&gt;"));
  CHECK_FALSE(has(page, "runs/<a>"));
  CHECK(has(page, percent(0.125) + " – " + percent(1)));
  CHECK(has(page, percent(0.5) + " (k = 2)"));  // cons@k
  CHECK(has(page, "id=\"set-test\""));
  CHECK(has(page, "id=\"set-longer\""));
  CHECK(has(page, "1&lt;2=?"));
  CHECK_FALSE(has(page, "Problem by problem"));
}

TEST_CASE("two models stand side by side, with the problems on which they differ") {
  const std::vector<EvaluatedModel> models{{"a", {small("test", 0.25)}}, {"b", {small("test", 0.5)}}};
  const PairedOutcome paired{.set = "test", .both = 31, .only_first = 7, .only_second = 2, .neither = 5, .p = 0.18};
  const std::string page = evaluation_page(models, std::span(&paired, 1));
  CHECK(has(page, "a against b"));
  CHECK(has(page, "<td>31</td><td>7</td><td>2</td><td>5</td><td>0.18</td>"));
  CHECK(has(page, "a: greedy pass@1"));
  CHECK(has(page, "b: greedy pass@1"));
  CHECK(has(page, "<div class=\"who\">a</div>"));
  CHECK(has(page, "<div class=\"who\">b</div>"));
}

TEST_CASE("two models that were asked other problems: each has its own counts and answers, and the page says so") {
  Evaluation other = small("test", 0.5);
  other.set = "00fe";
  other.by_difficulty = {{4, 2, 0.25, 6}, {9, 2, 1, 6}};
  other.transcripts[0].prompt = "7+7=?";
  const std::vector<EvaluatedModel> models{{"a", {small("test", 0.25)}}, {"b", {other}}};
  const std::string page = evaluation_page(models, {});
  CHECK(has(page, "The models were asked other problems"));
  CHECK(has(page, "a: problems</th>"));
  CHECK(has(page, "b: problems</th>"));
  CHECK(has(page, "<tr><td>4</td><td>3</td><td>" + percent(0.25) + "</td><td>" + tokens(6) + "</td><td>2</td>"));
  CHECK(has(page, "<tr><td>7</td><td>1</td><td>" + percent(1) + "</td><td>" + tokens(6) + "</td><td>–</td>"));
  CHECK(has(page, "<tr><td>9</td><td>–</td><td>–</td><td>–</td><td>2</td>"));
  CHECK(has(page, "1&lt;2=?"));
  CHECK(has(page, "7+7=?"));
  other.set = "00ff";
  CHECK_FALSE(has(evaluation_page(std::vector<EvaluatedModel>{{"a", {small("test", 0.25)}}, {"b", {other}}}, {}),
                  "The models were asked other problems"));
}

TEST_CASE("rows of one set stand together, in whatever order its models have their sets") {
  const std::vector<EvaluatedModel> models{{"a", {small("test", 0.25), small("longer", 0.5)}},
                                           {"b", {small("longer", 0.25), small("test", 0.5)}}};
  const std::string table = evaluation_table(models);
  size_t at = 0;
  for (const char* row : {"<td>a</td><td>test</td>", "<td>b</td><td>test</td>", "<td>a</td><td>longer</td>",
                          "<td>b</td><td>longer</td>"}) {
    const size_t next = table.find(row, at);
    REQUIRE_MESSAGE(next != std::string::npos, row);
    at = next;
  }
}

TEST_CASE("what was not judged or not asked is told, where there is such") {
  EvaluatedModel model{"m", {small("test", 0.25)}};
  CHECK_FALSE(has(evaluation_page(std::span(&model, 1), {}), "not judged"));
  model.evaluations[0].checker_failures = 37;
  model.evaluations[0].too_long = 2;
  model.evaluations[0].first_too_long = "t.jsonl:4";
  CHECK(has(evaluation_page(std::span(&model, 1), {}), "<td>37</td><td>2</td><td>t.jsonl:4</td>"));
  CHECK_FALSE(has(evaluation_page(std::span(&model, 1), {}), "leave fewer positions"));
  model.evaluations[0].limited = 9;
  model.evaluations[0].max_new_tokens = 80;
  model.evaluations[0].lowest_limit = 12;
  CHECK(has(evaluation_page(std::span(&model, 1), {}), "leave fewer positions than the 80 tokens"));
  CHECK(has(evaluation_page(std::span(&model, 1), {}), "the first at 12."));
}

TEST_CASE("without evaluations there is no table") {
  CHECK(evaluation_table({}).empty());
}
