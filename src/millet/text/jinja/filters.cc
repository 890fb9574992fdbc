#include "millet/text/jinja/filters.h"

#include <algorithm>

namespace millet::text::jinja {

static std::span<const Filter> filters() {
  static const Filter rows[] = {
      {"abs", filter_abs},
      {"attr", filter_attr, {{"name"}, 1}},
      {"batch", filter_batch, {{"linecount", "fill_with"}, 1}},
      {"capitalize", filter_capitalize},
      {"center", filter_center, {{"width"}}},
      {"count", filter_length},
      {"d", filter_default, {{"default_value", "boolean"}}},
      {"default", filter_default, {{"default_value", "boolean"}}},
      {"dictsort", filter_dictsort, {{"case_sensitive", "by", "reverse"}}},
      {"e", filter_escape},
      {"escape", filter_escape},
      {"filesizeformat", filter_filesizeformat, {{"binary"}}},
      {"first", filter_first},
      {"float", filter_float, {{"default"}}},
      {"forceescape", filter_force_escape},
      {"format", nullptr, {}, filter_format},
      {"groupby", filter_groupby, {{"attribute", "default", "case_sensitive"}, 1}},
      {"indent", filter_indent, {{"width", "first", "blank"}}},
      {"int", filter_int, {{"default", "base"}}},
      {"items", filter_items},
      {"join", filter_join, {{"d", "attribute"}}},
      {"last", filter_last},
      {"length", filter_length},
      {"list", filter_list},
      {"lower", filter_lower},
      {"map", nullptr, {}, filter_map},
      {"max", filter_max, {{"case_sensitive", "attribute"}}},
      {"min", filter_min, {{"case_sensitive", "attribute"}}},
      {"pprint", filter_pprint},
      {"random", filter_random},
      {"reject", nullptr, {}, filter_reject},
      {"rejectattr", nullptr, {}, filter_rejectattr},
      {"replace", filter_replace, {{"old", "new", "count"}, 2}},
      {"reverse", filter_reverse},
      {"round", filter_round, {{"precision", "method"}}},
      {"safe", filter_safe},
      {"select", nullptr, {}, filter_select},
      {"selectattr", nullptr, {}, filter_selectattr},
      {"slice", filter_slice, {{"slices", "fill_with"}, 1}},
      {"sort", filter_sort, {{"reverse", "case_sensitive", "attribute"}}},
      {"string", filter_string},
      {"striptags", filter_striptags},
      {"sum", filter_sum, {{"attribute", "start"}}},
      {"title", filter_title},
      {"tojson", filter_tojson, {{"ensure_ascii", "indent", "separators", "sort_keys"}}},
      {"trim", filter_trim, {{"chars"}}},
      {"truncate", filter_truncate, {{"length", "killwords", "end", "leeway"}}},
      {"unique", filter_unique, {{"case_sensitive", "attribute"}}},
      {"upper", filter_upper},
      {"urlencode", filter_urlencode},
      {"urlize", filter_urlize, {{"trim_url_limit", "nofollow", "target", "rel", "extra_schemes"}}},
      {"wordcount", filter_wordcount},
      {"wordwrap", filter_wordwrap, {{"width", "break_long_words", "wrapstring", "break_on_hyphens"}}},
      {"xmlattr", filter_xmlattr, {{"autospace"}}},
  };
  return rows;
}

static const Filter* find(std::string_view name) {
  const auto rows = filters();
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Filter& row) { return row.name == name; });
  return at == rows.end() ? nullptr : &*at;
}

bool is_filter(std::string_view name) {
  return find(name) != nullptr;
}

Value filter(Evaluator& evaluator, std::string_view name, const Value& subject, Arguments&& arguments) {
  const Filter* row = find(name);
  require(row != nullptr, "there is no filter '{}'", name);
  if (row->apply_any != nullptr) return row->apply_any(evaluator, subject, std::move(arguments));
  return row->apply(evaluator, subject, Bound(name, row->parameters, std::move(arguments)));
}

}  // namespace millet::text::jinja
