// The one input of every forward: rows of several sequences, in training (whole sequences), prefill (a part) and
// decoding (one row each) alike. There are no padding rows.
#pragma once

#include <span>

#include "millet/core/tensor.h"
#include "millet/ops/attention.h"

namespace millet::nn {

class KvCache;
using ops::Segment;

struct Batch {
  ConstTensor tokens;     // [T] i32
  ConstTensor positions;  // [T] i32, counted from 0 in each sequence
  ConstTensor next;  // [T] i32: the true token after each row, scored or not; −1 = none; empty where nothing is scored
  ConstTensor head_rows;              // [Q] i32: rows whose logits are wanted; empty = all
  std::span<const Segment> segments;  // B, covering the rows in order
  KvCache* cache = nullptr;           // null: nothing is kept of keys and values
  ConstTensor pages;                  // [B, P] i32: cache pages of each segment's sequence by position, −1 beyond
  bool keep = false;                  // keep what backward needs, count expert loads

  int64_t rows() const { return tokens.size(0); }
};

}  // namespace millet::nn
