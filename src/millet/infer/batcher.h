// Continuous batching: which rows of which sequences run in the next step. Decides alone, with numbers only: pages,
// rows and tokens; infer/engine runs what it planned.
#pragma once

#include <list>
#include <map>
#include <span>
#include <vector>

#include "millet/infer/page_allocator.h"
#include "millet/infer/request.h"
#include "millet/infer/sampler.h"
#include "millet/ops/attention.h"

namespace millet::infer {

// One step: the content of an nn::Batch, on the host.
struct Plan {
  struct PageCopy {
    int32_t from, to;
  };
  std::vector<PageCopy> copies;        // to be made in this order before the rows run
  std::vector<int32_t> tokens;         // [T]
  std::vector<int32_t> positions;      // [T]
  std::vector<ops::Segment> segments;  // B
  std::vector<int32_t> pages;          // [B, P]
  int64_t page_columns = 0;            // P
  std::vector<int32_t> head_rows;      // [Q]: the row whose logits each draw wants, several of one row for a new group
  std::vector<Draw> draws;             // [Q], neighbours with the same temperature wherever possible

  int64_t rows() const { return static_cast<int64_t>(tokens.size()); }
};

struct BatcherFacts {
  int64_t steps = 0;
  int64_t rows = 0;             // through the model
  int64_t keys = 0;             // Σ over rows of the positions a row attends to, itself included
  int64_t drawn = 0;            // tokens
  int64_t finished = 0;         // responses
  int64_t put_back = 0;         // times that a sequence lost its pages
  int64_t recomputed_rows = 0;  // rows that ran again for that
  int64_t running = 0, waiting = 0;

  double rows_a_step() const { return steps > 0 ? static_cast<double>(rows) / static_cast<double>(steps) : 0; }
};

// The rule: running sequences go first, oldest before younger (age = order of arrival, then group index), one row each,
// and those that still read their prompt share the rest of max_rows. A page is taken when a position needs it; if none
// is free, the youngest running sequence loses its pages, keeps its tokens and waits. Then the oldest waiting sequences
// are let in while rows and pages allow. A request's samples are one sequence until the prompt is read; there they
// part: full pages stay shared, the partly filled one is copied.
// None of these choices can change a token or a log-probability: rows do not depend on their neighbours, and draws are
// named by sample.
class Batcher {
 public:
  // `max_positions`: how long a sequence may become (max_position_embeddings).
  Batcher(PageAllocator& allocator, int64_t max_rows, int64_t max_positions);

  // Returns the request's number. Throws Error for a request that could never run: empty or too long a prompt, more
  // tokens than all pages hold.
  int64_t submit(Request request);
  void cancel(int64_t request);  // what was drawn so far is kept

  // The next step's rows; none when all is done. May be called again without accepting (the step failed).
  const Plan& plan();
  // What the planned draws gave, in order.
  void accept(std::span<const int32_t> tokens, std::span<const float> log_probs);

  // Every running sequence loses what is cached of it and reads its tokens again (the weights have changed).
  void drop_cache();

  bool idle() const { return running_.empty() && waiting_.empty(); }
  bool holds_cache() const;  // does any sequence have cached rows?
  bool is_done(int64_t request) const;
  // The responses of a finished request, which is forgotten.
  std::vector<Completion> take(int64_t request);

  BatcherFacts facts() const;

 private:
  struct Job {  // a request and its responses
    int64_t number;
    Request request;
    std::vector<Completion> completions;
    int64_t unfinished;
  };
  // Samples first … first + count − 1 of a job: all of them while the prompt is read, one after that.
  struct Sequence {
    Job* job;
    int64_t first, count;
    Pages pages;
    int64_t cached = 0;   // positions in the cache
    int64_t reached = 0;  // the most that were ever cached: rows below it run again after a loss
    int64_t planned = 0;  // rows in the current plan

    int64_t length() const;  // prompt and response so far
    int32_t token(int64_t position) const;
    bool is_older_than(const Sequence& other) const;
  };
  using Sequences = std::list<Sequence>;  // by age; each stays where it is while others come and go
  struct PlannedDraw {
    Sequences::iterator sequence;
    int64_t sample;
    int32_t row;
  };

  void plan_running(int64_t& spare_rows);
  void admit(int64_t& spare_rows);
  void write_plan();
  void clear_plan();
  void put_back(Sequences::iterator sequence);
  bool ends(Job& job, int64_t sample, int32_t token, float log_prob);
  void part(Sequences::iterator sequence, const std::vector<int64_t>& survivors);

  PageAllocator& allocator_;
  int64_t max_rows_;
  int64_t max_positions_;
  int64_t next_number_ = 0;
  std::map<int64_t, Job> jobs_;
  Sequences running_, waiting_;
  Plan plan_;
  std::vector<PlannedDraw> planned_draws_;  // [Q]
  BatcherFacts facts_;
};

}  // namespace millet::infer
