// The filters of Jinja, with `tojson` as `transformers` has it. Rows are in filters.cc, what they do in
// text_filters.cc, wrap_filters.cc, markup_filters.cc, urlize.cc and list_filters.cc.
#pragma once

#include <span>
#include <string_view>

#include "millet/text/jinja/parameters.h"

namespace millet::text::jinja {

struct Filter {
  std::string_view name;
  Value (*apply)(Evaluator&, const Value& subject, const Bound& arguments) = nullptr;
  Parameters parameters;
  // Instead of `apply`, for filters that take whatever comes.
  Value (*apply_any)(Evaluator&, const Value& subject, Arguments&& arguments) = nullptr;
};

bool is_filter(std::string_view name);
// Throws Error: there is none of that name, the arguments do not fit, or the filter refuses.
Value filter(Evaluator& evaluator, std::string_view name, const Value& subject, Arguments&& arguments);

// ---- each filter; parameters are in the table

using Apply = Value(Evaluator&, const Value&, const Bound&);
using ApplyAny = Value(Evaluator&, const Value&, Arguments&&);

// text_filters.cc
Apply filter_capitalize, filter_center, filter_escape, filter_filesizeformat, filter_float, filter_force_escape,
    filter_indent, filter_int, filter_lower, filter_replace, filter_round, filter_safe, filter_string, filter_title,
    filter_tojson, filter_trim, filter_truncate, filter_upper, filter_urlencode, filter_wordcount, filter_abs;
ApplyAny filter_format;

// wrap_filters.cc, markup_filters.cc and urlize.cc
Apply filter_pprint, filter_wordwrap, filter_striptags, filter_xmlattr, filter_urlize;

// list_filters.cc
Apply filter_attr, filter_batch, filter_default, filter_dictsort, filter_first, filter_groupby, filter_items,
    filter_join, filter_last, filter_length, filter_list, filter_max, filter_min, filter_random, filter_reverse,
    filter_slice, filter_sort, filter_sum, filter_unique;
ApplyAny filter_map, filter_select, filter_reject, filter_selectattr, filter_rejectattr;

}  // namespace millet::text::jinja
