// The shortest path through a graph, by breadth-first search: "path 0-3 5-1 3-5 2-5:0>1=?" is 0-3-5-1.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

constexpr std::string_view kOpening = "path ";
constexpr int kNodes = 10;  // nodes are single digits

using Edge = std::pair<int, int>;

struct Question {
  std::array<std::set<int>, kNodes> neighbours;
  int start = 0;
  int goal = 0;

  void join(Edge edge) {
    neighbours[static_cast<size_t>(edge.first)].insert(edge.second);
    neighbours[static_cast<size_t>(edge.second)].insert(edge.first);
  }
  const std::set<int>& next_to(int node) const { return neighbours[static_cast<size_t>(node)]; }
};

// A node, and the nodes that were first seen from it.
struct Visit {
  int node;
  std::vector<int> found;
};

struct Search {
  std::vector<Visit> visits;  // in order; the last one found the goal, where there is a way
  std::vector<int> path;      // from start to goal; empty where there is none
};

// Breadth first, neighbours by number.
Search search(const Question& q) {
  Search s;
  std::array<int, kNodes> from;
  from.fill(-1);
  from[static_cast<size_t>(q.start)] = q.start;
  std::vector<int> queue = {q.start};
  for (size_t i = 0; i < queue.size() && from[static_cast<size_t>(q.goal)] < 0; ++i) {
    s.visits.push_back({queue[i], {}});
    for (const int next : q.next_to(queue[i])) {
      if (from[static_cast<size_t>(next)] >= 0) continue;
      from[static_cast<size_t>(next)] = queue[i];
      queue.push_back(next);
      s.visits.back().found.push_back(next);
    }
  }
  if (from[static_cast<size_t>(q.goal)] < 0) return s;
  for (int node = q.goal; node != q.start; node = from[static_cast<size_t>(node)]) s.path.push_back(node);
  s.path.push_back(q.start);
  std::reverse(s.path.begin(), s.path.end());
  return s;
}

bool is_node(char c) {
  return c >= '0' && c <= '9';
}

// Two nodes with `sign` between them.
std::optional<Edge> read_pair(std::string_view text, char sign) {
  if (text.size() != 3 || !is_node(text[0]) || text[1] != sign || !is_node(text[2]) || text[0] == text[2])
    return std::nullopt;
  return Edge{text[0] - '0', text[2] - '0'};
}

// "path a-b c-d:a>d=?".
std::optional<Question> read_question(std::string_view prompt) {
  constexpr size_t kEnding = 6;  // ":a>d=?"
  if (!prompt.starts_with(kOpening) || !prompt.ends_with("=?") || prompt.size() < kOpening.size() + 3 + kEnding)
    return std::nullopt;
  const std::string_view ending = prompt.substr(prompt.size() - kEnding);
  const std::optional<Edge> ends = read_pair(ending.substr(1, 3), '>');
  if (ending[0] != ':' || !ends) return std::nullopt;
  Question q;
  q.start = ends->first;
  q.goal = ends->second;
  std::string_view edges = prompt.substr(kOpening.size(), prompt.size() - kOpening.size() - kEnding);
  while (true) {
    const std::optional<Edge> edge = read_pair(edges.substr(0, 3), '-');
    if (!edge || (edges.size() > 3 && edges[3] != ' ')) return std::nullopt;
    q.join(*edge);
    if (edges.size() == 3) return q;
    edges.remove_prefix(4);
  }
}

Question parse_question(std::string_view prompt) {
  const std::optional<Question> q = read_question(prompt);
  require(q.has_value(),
          "task 'path': \"{}\" is no question for a path: write \"path \", edges a-b with a space between, \":a>b=?\", "
          "nodes being digits",
          prompt);
  require(!search(*q).path.empty(), "task 'path': in \"{}\" no way leads from {} to {}", prompt, q->start, q->goal);
  return *q;
}

std::string joined(const std::vector<int>& path) {
  return fmt::format("{}", fmt::join(path, "-"));
}

// The nodes found, without spaces: they are digits.
std::string run_together(const std::vector<int>& found) {
  return fmt::format("{}", fmt::join(found, ""));
}

// What was found, with one node too few or one too many.
std::string wrongly_found(const Visit& visit, Rng& rng) {
  std::set<int> found(visit.found.begin(), visit.found.end());
  int node = static_cast<int>(rng.below(kNodes - 1));
  if (node >= visit.node) ++node;
  if (found.erase(node) == 0) found.insert(node);
  return run_together({found.begin(), found.end()});
}

// A connected graph of `count` nodes with random names: a random tree and up to count / 2 further edges.
std::vector<Edge> random_graph(Rng& rng, int count) {
  std::vector<int> names(kNodes);
  for (int i = 0; i < kNodes; ++i) names[static_cast<size_t>(i)] = i;
  for (size_t i = names.size(); i > 1; --i)
    std::swap(names[i - 1], names[static_cast<size_t>(rng.below(static_cast<int64_t>(i)))]);
  std::set<Edge> edges;
  auto join = [&](int64_t a, int64_t b) {
    edges.insert(std::minmax(names[static_cast<size_t>(a)], names[static_cast<size_t>(b)]));
  };
  for (int i = 1; i < count; ++i) join(i, rng.below(i));
  for (int64_t more = rng.below(count / 2 + 1); more > 0; --more) {
    const int64_t a = rng.below(count);
    const int64_t b = rng.below(count - 1);
    join(a, b >= a ? b + 1 : b);
  }
  return {edges.begin(), edges.end()};
}

class Path final : public Task {
 public:
  std::string_view name() const override { return "path"; }
  std::string_view summary() const override {
    return "the shortest path through a graph: path 0-3 5-1 3-5:0>1=? is 0-3-5-1";
  }
  std::string_view unit() const override { return "nodes"; }
  std::string_view alphabet() const override { return " -0123456789:;<=>?ahpt"; }
  DifficultyRange default_range() const override { return {5, 8}; }
  DifficultyRange possible_range() const override { return {3, kNodes}; }

  // "0>3;3>5;5>12;1<5<3<0": each node in the order of the search with the nodes first seen from it, then the way back.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    const Search s = search(parse_question(problem.prompt));
    Thought thought(style, rng);
    for (const Visit& visit : s.visits) {
      const std::string from = fmt::format("{}>", visit.node);
      thought.step(thought.empty() ? from : ";" + from, from, run_together(visit.found),
                   [&] { return wrongly_found(visit, rng); });
    }
    thought.say(";");
    thought.say(fmt::format("{}", fmt::join(std::vector<int>(s.path.rbegin(), s.path.rend()), "<")));
    return std::move(thought).text();
  }

  // Every shortest path is right.
  bool verify(const Problem& problem, std::string_view answer) const override {
    const Question q = parse_question(problem.prompt);
    const size_t length = search(q).path.size();
    if (answer.size() != 2 * length - 1) return false;
    if (answer.front() != '0' + q.start || answer.back() != '0' + q.goal) return false;
    for (size_t i = 0; i + 2 < answer.size(); i += 2) {
      const std::optional<Edge> step = read_pair(answer.substr(i, 3), '-');
      if (!step || !q.next_to(step->first).contains(step->second)) return false;
    }
    return true;
  }

 protected:
  // Start and goal are drawn from all pairs that no edge joins, so that there is always something to search.
  Problem make(Rng& rng, int64_t difficulty) const override {
    while (true) {
      const std::vector<Edge> edges = random_graph(rng, static_cast<int>(difficulty));
      Question q;
      for (const Edge& e : edges) q.join(e);
      std::vector<Edge> apart;
      for (int a = 0; a < kNodes; ++a) {
        for (int b = 0; b < kNodes; ++b) {
          if (a != b && !q.next_to(a).empty() && !q.next_to(b).empty() && !q.next_to(a).contains(b))
            apart.emplace_back(a, b);
        }
      }
      if (apart.empty()) continue;
      std::tie(q.start, q.goal) = apart[static_cast<size_t>(rng.below(static_cast<int64_t>(apart.size())))];
      return {.prompt = fmt::format("{}{}:{}>{}=?", kOpening, shuffled(edges, rng), q.start, q.goal),
              .answer = joined(search(q).path),
              .canonical = canonical(edges, q),
              .difficulty = difficulty};
    }
  }

 private:
  // The edges in a random order, each in a random direction.
  static std::string shuffled(std::vector<Edge> edges, Rng& rng) {
    std::string text;
    for (size_t left = edges.size(); left > 0; --left) {
      std::swap(edges[left - 1], edges[static_cast<size_t>(rng.below(static_cast<int64_t>(left)))]);
      auto [a, b] = edges[left - 1];
      if (rng.below(2) == 1) std::swap(a, b);
      text += fmt::format("{}{}-{}", text.empty() ? "" : " ", a, b);
    }
    return text;
  }

  // The way back is the same problem, and so are the edges in another order.
  static std::string canonical(const std::vector<Edge>& edges, const Question& q) {
    std::string text(kOpening);
    for (const auto& [a, b] : edges) text += fmt::format("{}-{} ", a, b);
    return text + fmt::format("{}>{}", std::min(q.start, q.goal), std::max(q.start, q.goal));
  }
};

}  // namespace

const Task& path() {
  static const Path task;
  return task;
}

}  // namespace millet::tasks
