// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <vector>

namespace weir::ui {

struct FuzzyMatch {
    int score = 0;
    /// Which characters of the text matched, for showing them.
    std::vector<int> places;
};

/// Whether the characters of `query` stand in `text` in this order, whatever the case. Better: at the beginning, at the
/// beginning of words ("ot" finds "orders.trades"), in one run, in a short text. An empty query matches everything.
std::optional<FuzzyMatch> fuzzyMatch(const QString& query, const QString& text);

}  // namespace weir::ui
