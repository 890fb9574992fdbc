// Filters that break texts into lines: wordwrap, as Python's textwrap, and pprint, as its pprint.
#include <algorithm>

#include "millet/core/unicode.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

using Characters = std::vector<std::string_view>;

// textwrap's white space is ASCII's.
bool is_blank(std::string_view c) {
  return c.size() == 1 && std::string_view("\t\n\v\f\r ").find(c[0]) != std::string_view::npos;
}
// \w of Python's `re`.
bool is_wordlike(std::string_view c) {
  const char32_t point = utf8_at(c, 0).point;
  return point == '_' || unicode::is_letter(point) || unicode::is_numeric(point);
}
// [^\d\W]
bool is_letterlike(std::string_view c) {
  return is_wordlike(c) && !unicode::is_decimal(utf8_at(c, 0).point);
}
bool is_word_or_mark(std::string_view c) {
  return is_wordlike(c) || (c.size() == 1 && std::string_view("!\"'&.,?").find(c[0]) != std::string_view::npos);
}

// A paragraph in pieces that lines may end between, as [begin, end) of its characters: white space and words, and with
// `hyphens` words up to a hyphen between letters, and dashes. It is textwrap's expression wordsep_re.
class Chunks {
 public:
  Chunks(const Characters& text, bool hyphens) : text_(text), hyphens_(hyphens) {}

  std::vector<std::pair<size_t, size_t>> all() const {
    std::vector<std::pair<size_t, size_t>> chunks;
    for (size_t at = 0; at < text_.size();) {
      const size_t end = chunk_end(at);
      chunks.emplace_back(at, end);
      at = end;
    }
    return chunks;
  }

 private:
  bool blank(size_t at) const { return at < text_.size() && is_blank(text_[at]); }
  bool letter(size_t at) const { return at < text_.size() && is_letterlike(text_[at]); }
  bool dash(size_t at) const { return at < text_.size() && text_[at] == "-"; }
  size_t dashes_end(size_t at) const {
    while (dash(at)) ++at;
    return at;
  }
  // An em dash: two dashes or more between words.
  bool em_dash(size_t at) const {
    if (!dash(at) || at == 0 || !is_word_or_mark(text_[at - 1])) return false;
    const size_t end = dashes_end(at);
    return end - at >= 2 && end < text_.size() && is_wordlike(text_[end]);
  }
  // Behind the hyphen at `at` a word of letters goes on, before it there are letters.
  bool hyphen(size_t at) const {
    const bool before = at >= 2 && letter(at - 1) && (letter(at - 2) || (at >= 3 && dash(at - 2) && letter(at - 3)));
    const bool behind = letter(at + 1) && (letter(at + 2) || (dash(at + 2) && letter(at + 3)));
    return dash(at) && before && behind;
  }

  size_t chunk_end(size_t at) const {
    const bool spaces = blank(at);
    if (spaces || !hyphens_) {
      while (at < text_.size() && blank(at) == spaces) ++at;
      return at;
    }
    if (em_dash(at)) return dashes_end(at);
    for (size_t end = at + 1;; ++end) {  // at least one character
      if (hyphen(end)) return end + 1;
      if (end == text_.size() || blank(end) || em_dash(end)) return end;
    }
  }

  const Characters& text_;
  bool hyphens_;
};

struct WrapStyle {
  size_t width;
  bool break_long_words, break_on_hyphens;
};

// textwrap.wrap of one paragraph.
std::vector<std::string> wrapped(std::string_view paragraph, const WrapStyle& style, Budget& budget) {
  const Characters text = characters_of(paragraph);
  std::vector<std::pair<size_t, size_t>> chunks = Chunks(text, style.break_on_hyphens).all();
  std::reverse(chunks.begin(), chunks.end());
  std::vector<std::string> lines;
  auto is_white = [&](const std::pair<size_t, size_t>& chunk) {
    return std::all_of(text.begin() + static_cast<int64_t>(chunk.first),
                       text.begin() + static_cast<int64_t>(chunk.second),
                       [](std::string_view c) { return is_space(utf8_at(c, 0).point); });
  };
  while (!chunks.empty()) {
    budget.step();
    std::vector<std::pair<size_t, size_t>> line;
    size_t length = 0;
    if (!lines.empty() && is_white(chunks.back())) chunks.pop_back();
    while (!chunks.empty()) {
      const size_t more = chunks.back().second - chunks.back().first;
      if (length + more > style.width) break;
      length += more;
      line.push_back(chunks.back());
      chunks.pop_back();
    }
    if (!chunks.empty() && chunks.back().second - chunks.back().first > style.width) {
      auto& [begin, end] = chunks.back();
      if (style.break_long_words) {
        size_t cut = begin + (style.width - length);
        if (style.break_on_hyphens && end > cut) {
          size_t hyphen = cut;  // the last before it, behind something that is none
          while (hyphen > begin && text[hyphen - 1] != "-") --hyphen;
          const bool other = std::any_of(text.begin() + static_cast<int64_t>(begin),
                                         text.begin() + static_cast<int64_t>(std::max(hyphen, begin + 1)) - 1,
                                         [](std::string_view c) { return c != "-"; });
          if (hyphen > begin + 1 && other) cut = hyphen;
        }
        line.emplace_back(begin, cut);
        begin = cut;
      } else if (line.empty()) {
        line.push_back(chunks.back());
        chunks.pop_back();
      }
    }
    if (!line.empty() && is_white(line.back())) line.pop_back();
    if (line.empty()) continue;
    const std::string_view first = text[line.front().first], last = text[line.back().second - 1];
    lines.emplace_back(first.data(), static_cast<size_t>(last.data() + last.size() - first.data()));
  }
  return lines;
}

// pprint.pformat: width 80, one column a level, dicts sorted by key.
class Printer {
 public:
  explicit Printer(Budget& budget) : budget_(budget) {}

  std::string print(const Value& value) {
    format(value, 0, 0, 0);
    return std::move(out_);
  }

 private:
  static constexpr int64_t kWidth = 80;

  static int64_t width(std::string_view text) { return count_characters(text); }

  // Of one type the order of values, else by the names of types.
  std::vector<std::pair<Value, Value>> sorted(const Dict& dict) {
    std::vector<std::pair<Value, Value>> entries = dict.entries();
    std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
      budget_.step();
      try {
        return less(a.first, b.first, budget_);
      } catch (const Error&) {
        return a.first.type() < b.first.type();
      }
    });
    return entries;
  }

  static bool is_container(const Value& value) { return value.is_dict() || value.is_list() || value.is_tuple(); }

  // repr(), with dicts sorted.
  std::string one_line(const Value& value) {
    budget_.step();
    if (!is_container(value)) return repr(value, budget_);
    std::string out;
    if (const Dict* dict = value.dict()) {
      for (const auto& [key, item] : sorted(*dict))
        out += (out.empty() ? "" : ", ") + one_line(key) + ": " + one_line(item);
      out = "{" + out + "}";
    } else {
      const Values& items = value.list()->items();
      for (size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "" : ", ") + one_line(items[i]);
      const bool tuple = value.is_tuple();
      out = (tuple ? "(" : "[") + out + (tuple ? items.size() == 1 ? ",)" : ")" : "]");
    }
    budget_.make(out.size());
    return out;
  }

  void new_line(int64_t indent) {
    budget_.make(static_cast<size_t>(indent) + 1);
    out_ += '\n';
    out_.append(static_cast<size_t>(indent), ' ');
  }

  void format(const Value& value, int64_t indent, int64_t allowance, int level) {
    const std::string line = one_line(value);
    if (width(line) <= kWidth - indent - allowance || !(is_container(value) || (value.is_text() && !value.is_safe()))) {
      out_ += line;
    } else if (value.is_text()) {
      text(value.text(), line, indent, allowance, level + 1);
    } else if (const Dict* dict = value.dict()) {
      out_ += '{';
      const auto entries = sorted(*dict);
      for (size_t i = 0; i < entries.size(); ++i) {
        const bool last = i + 1 == entries.size();
        const std::string key = one_line(entries[i].first);
        out_ += key + ": ";
        format(entries[i].second, indent + 1 + width(key) + 2, last ? allowance + 1 : 1, level + 1);
        if (last) continue;
        out_ += ',';
        new_line(indent + 1);
      }
      out_ += '}';
    } else {
      const Values& items = value.list()->items();
      const std::string_view end = value.is_tuple() ? items.size() == 1 ? ",)" : ")" : "]";
      out_ += value.is_tuple() ? '(' : '[';
      for (size_t i = 0; i < items.size(); ++i) {
        const bool last = i + 1 == items.size();
        format(items[i], indent + 1, last ? allowance + static_cast<int64_t>(end.size()) : 1, level + 1);
        if (last) continue;
        out_ += ',';
        new_line(indent + 1);
      }
      out_ += end;
    }
  }

  // A string as several that stand below each other, each of words with the white space behind them.
  void text(const std::string& text, const std::string& whole, int64_t indent, int64_t allowance, int level) {
    if (text.empty()) {
      out_ += whole;
      return;
    }
    if (level == 1) ++indent, ++allowance;
    const std::vector<std::string_view> lines = split_lines(text, budget_, true);
    std::vector<std::string> chunks;
    std::string quoted;
    for (size_t i = 0; i < lines.size(); ++i) {
      const bool last_line = i + 1 == lines.size();
      quoted = in_quotes(lines[i], budget_);
      budget_.make(quoted.size());
      if (width(quoted) <= kWidth - indent - (last_line ? allowance : 0)) {
        chunks.push_back(quoted);
        continue;
      }
      const std::vector<std::string_view> parts = words_of(lines[i]);
      std::string current;
      for (size_t j = 0; j < parts.size(); ++j) {
        const bool last = last_line && j + 1 == parts.size();
        const std::string candidate = current + std::string(parts[j]);
        budget_.make(candidate.size());
        budget_.read(candidate.size());
        if (width(in_quotes(candidate)) > kWidth - indent - (last ? allowance : 0)) {
          if (!current.empty()) chunks.push_back(in_quotes(current));
          current = parts[j];
        } else {
          current = candidate;
        }
      }
      if (!current.empty()) chunks.push_back(in_quotes(current));
    }
    if (chunks.size() == 1) {
      out_ += quoted;
      return;
    }
    if (level == 1) out_ += '(';
    for (size_t i = 0; i < chunks.size(); ++i) {
      if (i > 0) new_line(indent);
      out_ += chunks[i];
    }
    if (level == 1) out_ += ')';
  }

  // \S*\s*, again and again.
  static std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    size_t begin = 0;
    bool in_space = false;
    for (size_t at = 0; at < line.size();) {
      const Utf8Character c = utf8_at(line, at);
      const bool space = is_space(c.point);
      if (in_space && !space) {
        words.push_back(line.substr(begin, at - begin));
        begin = at;
      }
      in_space = space;
      at += c.bytes;
    }
    if (begin < line.size()) words.push_back(line.substr(begin));
    return words;
  }

  Budget& budget_;
  std::string out_;
};

}  // namespace

Value filter_wordwrap(Evaluator& e, const Value& subject, const Bound& a) {
  require_defined(subject);
  require(subject.is_text(), "wordwrap wants a str, not {}", subject.type());
  const int64_t width = a.integer_or(0, 79);
  require(width > 0 || subject.text().empty(), "invalid width {} (must be > 0)", width);
  const std::string between = a.is_set(2) ? a.text(2) : "\n";
  const WrapStyle style{static_cast<size_t>(width), a.truth_or(1, true), a.truth_or(3, true)};
  // Of a character there may be a view, a chunk and a line.
  e.budget().make(subject.text().size() * (sizeof(std::string_view) + 64));
  std::string out;
  bool first = true;
  for (const std::string_view paragraph : split_lines(subject.text(), e.budget())) {
    const std::vector<std::string> lines = wrapped(paragraph, style, e.budget());
    if (!first) out += between;
    first = false;
    for (size_t i = 0; i < lines.size(); ++i) {
      e.budget().make(lines[i].size() + between.size());
      if (i > 0) out += between;
      out += lines[i];
    }
  }
  return {std::move(out)};
}

Value filter_pprint(Evaluator& e, const Value& subject, const Bound&) {
  return {Printer(e.budget()).print(subject)};
}

}  // namespace millet::text::jinja
