#include "pt2e/Runtime/Eval.h"

#include <algorithm>
#include <cmath>

#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {

Interval wilsonInterval(const Share &share) {
  constexpr double z = 1.959963984540054;
  const double n = share.samples;
  const double p = share.value();
  const double middle = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  // The ends that are known exactly.
  return {share.hits == 0 ? 0 : (middle - half) / scale,
          share.hits == share.samples ? 1 : (middle + half) / scale};
}

Share Answers::top(int k) const {
  const int64_t hits =
      std::count_if(answers.begin(), answers.end(),
                    [k](const Answer &answer) { return answer.rank < k; });
  return {hits, static_cast<int64_t>(answers.size())};
}

namespace {

/// Where `label` stands among the logits; equal ones keep their order.
Answer rankOf(const double *logits, int64_t classes, int64_t label) {
  Answer answer{
      static_cast<int32_t>(std::max_element(logits, logits + classes) - logits),
      0};
  for (int64_t i = 0; i < classes; ++i)
    answer.rank +=
        logits[i] > logits[label] || (logits[i] == logits[label] && i < label);
  return answer;
}

} // namespace

absl::StatusOr<Answers> classify(Program &program, InputSource &images,
                                 absl::Span<const int64_t> labels,
                                 const ProgressFunction &progress) {
  const int64_t samples = labels.size();
  Answers result;
  for (;;) {
    PT2E_ASSIGN_OR_RETURN(auto inputs, images.next());
    if (!inputs)
      break;
    PT2E_ASSIGN_OR_RETURN(std::vector<Tensor> outputs, program.run(*inputs));
    if (outputs.empty() || outputs[0].rank() < 1 ||
        outputs[0].numElements() == 0)
      return invalid("expected logits as first output, but got {}",
                     outputs.empty() ? "no outputs"
                                     : toString(outputs[0].shape()));
    const int64_t rows = outputs[0].rank() == 1 ? 1 : outputs[0].shape()[0];
    const int64_t classes = outputs[0].numElements() / rows;
    const bool batchFits =
        (*inputs)[0].rank() < 1 || (*inputs)[0].shape()[0] == rows;
    if (classes < 2 || !batchFits)
      return invalid("expected one row of logits per sample, but got {} for "
                     "inputs {}",
                     toString(outputs[0].shape()),
                     toString((*inputs)[0].shape()));
    result.classes = classes;
    const std::vector<double> logits = toDoubles(outputs[0]);
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t sample = result.answers.size();
      if (sample == samples)
        return invalid("expected as many labels as samples, but got only {}",
                       samples);
      if (labels[sample] < 0 || labels[sample] >= classes)
        return invalid("label {} of sample {} is none of the {} classes",
                       labels[sample], sample, classes);
      const double *first = &logits[row * classes];
      if (std::any_of(first, first + classes,
                      [](double logit) { return std::isnan(logit); })) {
        ++result.notNumbers;
        result.answers.push_back({-1, static_cast<int32_t>(classes)});
      } else {
        result.answers.push_back(rankOf(first, classes, labels[sample]));
      }
    }
    if (progress)
      progress(result.answers.size(), samples);
  }
  if (static_cast<int64_t>(result.answers.size()) != samples)
    return invalid("expected as many labels as samples, but got {} labels for "
                   "{} samples",
                   samples, result.answers.size());
  if (samples == 0)
    return invalid("expected samples, but got none");
  return result;
}

Pairing pair(const Answers &first, const Answers &second) {
  Pairing result;
  const size_t count = std::min(first.answers.size(), second.answers.size());
  for (size_t i = 0; i < count; ++i) {
    const Answer &a = first.answers[i], &b = second.answers[i];
    result.disagreements += a.best != b.best;
    result.onlyFirst += a.rank == 0 && b.rank != 0;
    result.onlySecond += a.rank != 0 && b.rank == 0;
  }
  return result;
}

} // namespace pt2e::runtime
