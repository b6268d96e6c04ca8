// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <functional>

#include "ui/backend/answer.h"

namespace weir::ui {

/// What became of one request a topic, sent for many topics at once.
struct BatchOutcome {
    QStringList done;
    /// "orders: the broker refused it", one line each.
    QStringList failures;
};

/// Calls `one` for every topic and `all` once when the last answer is in. `one` passes the callback on to the backend.
/// Answers come on the GUI thread, and none after the context that `one` gives to the backend is gone.
void forEachTopic(const QStringList& topics, const std::function<void(const QString& topic, Callback<void> done)>& one,
                  std::function<void(const BatchOutcome& outcome)> all);

}  // namespace weir::ui
