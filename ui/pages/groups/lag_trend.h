// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>

#include "broker/model/ids.h"
#include "ui/pages/groups/group_words.h"

namespace weir::ui {

/// Says whether a lag grows or drains, from its values of the last twenty seconds: by more than 2 % and more than ten
/// records, so that the saw teeth of batches do not count.
class LagTrend {
public:
    void add(Timestamp at, std::int64_t lag);
    [[nodiscard]] Trend trend() const;

private:
    std::deque<std::pair<Timestamp, std::int64_t>> m_values;
};

}  // namespace weir::ui
