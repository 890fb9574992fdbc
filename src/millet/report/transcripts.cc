#include "millet/report/transcripts.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "millet/report/escape.h"
#include "millet/report/markup.h"

namespace millet::report {

namespace {

// The word by which a thought takes a step back stands out.
std::string with_waits_marked(std::string_view thinking) {
  constexpr std::string_view word = "wait";
  std::string out;
  for (;;) {
    const size_t at = thinking.find(word);
    out += escape_html(thinking.substr(0, at));
    if (at == std::string_view::npos) return out;
    out += "<mark>wait</mark>";
    thinking.remove_prefix(at + word.size());
  }
}

std::string to_html(const Answer& a, bool open) {
  std::string out = "<div class=\"answer\">";
  if (!a.who.empty()) out += fmt::format("<div class=\"who\">{}</div>", escape_html(a.who));
  const std::string given = a.given.empty() ? "no answer" : a.given;
  out +=
      fmt::format("<div><span class=\"verdict {}\">{} {}</span> <span class=\"quiet small\">{} token{}{}</span></div>",
                  a.right ? "right" : "wrong", a.right ? "✓" : "✗", escape_html(given), a.tokens,
                  a.tokens == 1 ? "" : "s", a.truncated ? ", cut off" : "");
  if (a.thinking.empty())
    out += "<div class=\"quiet small\">answered without thinking</div>";
  else
    out +=
        fold("its thinking", fmt::format("<div class=\"thought mono\">{}</div>", with_waits_marked(a.thinking)), open);
  return out + "</div>\n";
}

}  // namespace

Answer answer_of(const Transcript& t, std::string_view who) {
  return {.who = std::string(who),
          .thinking = t.thinking,
          .given = t.given,
          .right = t.right,
          .truncated = t.truncated,
          .tokens = t.tokens};
}

Answer answer_of(const Rollout& r, std::string_view who) {
  return {.who = std::string(who),
          .thinking = r.thinking,
          .given = r.answer,
          .right = r.right,
          .truncated = r.truncated,
          .tokens = static_cast<int64_t>(r.ids.size())};
}

std::string to_html(const AnsweredProblem& p, bool open) {
  std::string out = fmt::format(
      "<div class=\"problem\"><div class=\"question\"><span class=\"mono\">{}</span> "
      "<span class=\"quiet small\">right: <span class=\"mono\">{}</span></span></div>\n<div class=\"answers\">\n",
      escape_html(p.prompt), escape_html(p.right_answer));
  for (const Answer& a : p.answers) out += to_html(a, open);
  return out + "</div></div>\n";
}

std::string to_html(const std::vector<AnsweredProblem>& problems, size_t shown) {
  std::string out, folded;
  for (size_t i = 0; i < problems.size(); ++i) (i < shown ? out : folded) += to_html(problems[i], i == 0);
  if (!folded.empty()) out += fold(fmt::format("{} more", problems.size() - shown), folded);
  return out;
}

std::vector<AnsweredProblem> side_by_side(const std::vector<std::pair<std::string, const Evaluation*>>& evaluations) {
  if (evaluations.empty()) return {};
  // By difficulty, in the order of the evaluation within it.
  std::map<int64_t, std::vector<AnsweredProblem>> by_difficulty;
  for (const Transcript& first : evaluations[0].second->transcripts) {
    AnsweredProblem p = {.prompt = first.prompt, .right_answer = first.answer, .answers = {}};
    for (const auto& [who, evaluation] : evaluations) {
      const auto& all = evaluation->transcripts;
      const auto same =
          std::find_if(all.begin(), all.end(), [&](const Transcript& t) { return t.prompt == first.prompt; });
      if (same != all.end()) p.answers.push_back(answer_of(*same, who));
    }
    if (p.answers.size() == evaluations.size()) by_difficulty[first.difficulty].push_back(std::move(p));
  }
  // One of every second difficulty, then one of the others, then a second one, and so on: the first few show the range.
  std::vector<AnsweredProblem> out;
  size_t all = 0;
  for (const auto& [difficulty, problems] : by_difficulty) all += problems.size();
  for (size_t round = 0; out.size() < all; ++round) {
    size_t index = 0;
    for (auto& [difficulty, problems] : by_difficulty) {
      if (index++ % 2 == round % 2 && round / 2 < problems.size()) out.push_back(std::move(problems[round / 2]));
    }
  }
  return out;
}

}  // namespace millet::report
