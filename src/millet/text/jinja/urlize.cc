// The filter `urlize`: addresses of the web and of mail in a text become links, as Jinja 3.1.6 finds them.
#include <algorithm>
#include <array>
#include <set>

#include "millet/core/unicode.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

// \w of Python's `re`.
bool is_word_character(char32_t c) {
  return c == '_' || unicode::is_letter(c) || unicode::is_numeric(c);
}

// What re.IGNORECASE takes for a letter of ASCII is that letter, in lower case.
char32_t plain(char32_t c) {
  if (c == 0x130 || c == 0x131) return 'i';
  if (c == 0x17F) return 's';
  if (c == 0x212A) return 'k';
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

std::u32string points_of(std::string_view text, bool ignore_case = false) {
  std::u32string out;
  for (size_t at = 0; at < text.size(); at += utf8_at(text, at).bytes) {
    const char32_t point = utf8_at(text, at).point;
    out += ignore_case ? plain(point) : point;
  }
  return out;
}

bool all_in(std::u32string_view text, size_t least, size_t most, auto&& is_in) {
  return text.size() >= least && text.size() <= most && std::all_of(text.begin(), text.end(), is_in);
}

bool is_label(std::u32string_view text, size_t least, size_t most) {
  return all_in(text, least, most, [](char32_t c) { return is_word_character(c) || c == '%' || c == '-'; });
}

bool is_top(std::u32string_view text) {
  if (all_in(text, 2, 63, [](char32_t c) { return c >= 'a' && c <= 'z'; })) return true;
  return text.starts_with(U"xn--") &&
         all_in(text.substr(4), 2, 59, [](char32_t c) { return is_word_character(c) || c == '%'; });
}

std::vector<std::u32string_view> split_at_dots(std::u32string_view host) {
  std::vector<std::u32string_view> out;
  for (size_t at = 0;;) {
    const size_t dot = host.find(U'.', at);
    out.push_back(host.substr(at, dot - at));
    if (dot == std::u32string_view::npos) return out;
    at = dot + 1;
  }
}

bool is_host(std::u32string_view host) {
  const auto labels = split_at_dots(host);
  return is_top(labels.back()) &&
         std::all_of(labels.begin(), labels.end() - 1, [](auto label) { return is_label(label, 1, label.size()); });
}

// Without a scheme: of the older domains only.
bool is_known_host(std::u32string_view host) {
  static constexpr std::array<std::u32string_view, 8> kTops = {U"com", U"net", U"int",  U"edu",
                                                               U"gov", U"org", U"info", U"mil"};
  const auto labels = split_at_dots(host);
  return labels.size() > 1 && std::find(kTops.begin(), kTops.end(), labels.back()) != kTops.end() &&
         std::all_of(labels.begin(), labels.end() - 1, [](auto label) { return is_label(label, 2, 63); });
}

bool is_ipv4(std::u32string_view host) {
  const auto numbers = split_at_dots(host);
  return numbers.size() == 4 &&
         std::all_of(numbers.begin(), numbers.end(), [](auto n) { return all_in(n, 1, 3, unicode::is_decimal); });
}

// Inside [ and ]: twice up to four digits and a colon, then up to six times up to four, each with a colon or none.
bool is_ipv6(std::u32string_view inside) {
  size_t groups = 0;
  for (int colons = 0;; ++colons) {
    const size_t end = std::min(inside.find(U':'), inside.size());
    const bool last = end == inside.size();
    if (!all_in(inside.substr(0, end), 0, inside.size(),
                [](char32_t c) { return unicode::is_decimal(c) || (c >= 'a' && c <= 'f'); }))
      return false;
    if (colons < 2) {
      if (end > 4 || last) return false;
    } else {
      groups += std::max<size_t>((end + 3) / 4, last ? 0 : 1);
      if (groups > 6) return false;
    }
    if (last) return true;
    inside.remove_prefix(end + 1);
  }
}

// Nothing, a port, and what a path, a query or a fragment begins.
bool is_rest(std::u32string_view rest) {
  if (rest.starts_with(U':')) {
    const size_t end = std::min(rest.find_first_of(U"/?#"), rest.size());
    if (!all_in(rest.substr(1, end - 1), 1, 5, unicode::is_decimal)) return false;
    rest.remove_prefix(end);
  }
  return rest.empty() || std::u32string_view(U"/?#").find(rest[0]) != std::u32string_view::npos;
}

bool is_web_address(std::string_view word) {
  const std::u32string points = points_of(word, true);
  std::u32string_view text = points;
  auto host = [&] { return text.substr(0, text.find_first_of(U":/?#")); };
  if (is_known_host(host()) && is_rest(text.substr(host().size()))) return true;
  const bool http = text.starts_with(U"http://"), https = text.starts_with(U"https://");
  if (!http && !https && !text.starts_with(U"www.")) return false;
  text.remove_prefix(http ? 7 : https ? 8 : 4);
  if ((is_host(host()) || ((http || https) && is_ipv4(host()))) && is_rest(text.substr(host().size()))) return true;
  const size_t end = text.find(U']');
  return (http || https) && text.starts_with(U'[') && end != std::u32string_view::npos &&
         is_ipv6(text.substr(1, end - 1)) && is_rest(text.substr(end + 1));
}

// Something, @, and a domain of two parts or more.
bool is_mail_address(std::string_view word) {
  const size_t at = word.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::u32string domain = points_of(word.substr(at + 1));
  const size_t dot = domain.rfind(U'.');
  return dot != std::u32string::npos && dot > 0 && dot + 1 < domain.size() && is_word_character(domain[0]) &&
         std::all_of(domain.begin(), domain.begin() + static_cast<int64_t>(dot),
                     [](char32_t c) { return is_word_character(c) || c == '.' || c == '-'; }) &&
         std::all_of(domain.begin() + static_cast<int64_t>(dot) + 1, domain.end(), is_word_character);
}

// [\w.+-]{2,}:(/){0,2}
bool is_scheme(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.size() > colon + 3) return false;
  if (text.substr(colon + 1).find_first_not_of('/') != std::string_view::npos) return false;
  return all_in(points_of(text.substr(0, colon)), 2, text.size(),
                [](char32_t c) { return is_word_character(c) || c == '.' || c == '+' || c == '-'; });
}

struct Links {
  std::string attributes;  // ` rel="…" target="…"`
  const Bound& arguments;  // the first: how much is shown of an address
  std::vector<std::string> schemes;

  std::string shown(std::string_view address) const {
    if (!arguments.is_set(0)) return std::string(address);
    const int64_t most = arguments.integer_or(0, 0);
    if (count_characters(address) <= most) return std::string(address);
    const Slice kept = slice_of({}, most, {}, count_characters(address));
    return std::string(address.substr(0, byte_of_character(address, kept.count))) + "...";
  }
  std::string link(std::string_view to, std::string_view address, std::string_view text) const {
    return fmt::format("<a href=\"{}{}\"{}>{}</a>", to, address, attributes, text);
  }
  std::string linked(std::string_view word) const {
    if (is_web_address(word)) {
      const bool has_scheme = word.starts_with("https://") || word.starts_with("http://");
      return link(has_scheme ? "" : "https://", word, shown(word));
    }
    if (word.starts_with("mailto:") && is_mail_address(word.substr(7)))
      return fmt::format("<a href=\"{}\">{}</a>", word, word.substr(7));
    if (!word.starts_with("www.") && !word.starts_with('@') && word.find(':') == std::string_view::npos &&
        is_mail_address(word))
      return fmt::format("<a href=\"mailto:{0}\">{0}</a>", word);
    std::string out(word);
    for (const std::string& scheme : schemes) {
      if (out != scheme && out.starts_with(scheme)) out = link("", out, out);
    }
    return out;
  }
};

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// Brackets and full stops around an address are none of it, but brackets that it opens.
std::string linked_word(std::string_view word, const Links& links) {
  size_t begin = 0, end = word.size();
  for (;;) {
    if (word.substr(begin).starts_with('(') || word.substr(begin).starts_with('<'))
      ++begin;
    else if (word.substr(begin).starts_with("&lt;"))
      begin += 4;
    else
      break;
  }
  for (;;) {
    const std::string_view left = word.substr(begin, end - begin);
    if (!left.empty() && std::string_view(")>.,\n").find(left.back()) != std::string_view::npos)
      --end;
    else if (left.ends_with("&gt;"))
      end -= 4;
    else
      break;
  }
  static constexpr std::pair<std::string_view, std::string_view> kBrackets[] = {
      {"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};
  for (const auto& [open, close] : kBrackets) {
    const std::string_view middle = word.substr(begin, end - begin);
    const size_t opened = count_of(middle, open);
    if (opened <= count_of(middle, close)) continue;
    for (size_t i = std::min(opened, count_of(word.substr(end), close)); i > 0; --i)
      end = word.find(close, end) + close.size();
  }
  return std::string(word.substr(0, begin)) + links.linked(word.substr(begin, end - begin)) +
         std::string(word.substr(end));
}

}  // namespace

Value filter_urlize(Evaluator& e, const Value& subject, const Bound& a) {
  Links links{.attributes = {}, .arguments = a, .schemes = {}};
  std::set<std::string> rel = {"noopener"};
  if (a.is_set(3) && truth(a[3])) {
    for (const std::string_view word : split_at_spaces(a.text(3), -1, false, e.budget())) rel.emplace(word);
  }
  if (a.truth_or(1, false)) rel.insert("nofollow");
  std::string rels;
  for (const std::string& word : rel) rels += (rels.empty() ? "" : " ") + word;
  links.attributes = " rel=\"" + escape_html(rels) + "\"";
  if (a.is_set(2) && truth(a[2])) links.attributes += " target=\"" + escaped(a[2], e.budget()).text() + "\"";
  if (a.is_set(4)) {
    for (const Value& scheme : items_of(a[4], e.budget())) {
      require(scheme.is_text(), "expected string or bytes-like object, got '{}'", scheme.type());
      e.budget().read(scheme.text().size());
      require(is_scheme(scheme.text()), "{} is not a valid URI scheme prefix.", in_quotes(beginning_of(scheme.text())));
      links.schemes.push_back(scheme.text());
    }
  }
  const Value safe = escaped(subject, e.budget());
  const std::string& text = safe.text();
  e.budget().read(text.size() * 2);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && !is_space(utf8_at(text, end).point)) end += utf8_at(text, end).bytes;
    if (end > at) {
      e.budget().step(1 + static_cast<int64_t>(links.schemes.size()));
      const std::string word = linked_word(std::string_view(text).substr(at, end - at), links);
      e.budget().make(word.size() * 4);
      out += word;
    }
    at = end;
    while (end < text.size() && is_space(utf8_at(text, end).point)) end += utf8_at(text, end).bytes;
    out.append(text, at, end - at);
    at = end;
  }
  return {std::move(out), e.autoescape()};
}

}  // namespace millet::text::jinja
