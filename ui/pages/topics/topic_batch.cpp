// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/topic_batch.h"

#include <memory>

namespace weir::ui {

void forEachTopic(const QStringList& topics, const std::function<void(const QString& topic, Callback<void> done)>& one,
                  std::function<void(const BatchOutcome& outcome)> all) {
    struct State {
        qsizetype open = 0;
        BatchOutcome outcome;
        std::function<void(const BatchOutcome&)> all;
    };
    auto state = std::make_shared<State>();
    state->open = topics.size();
    state->all = std::move(all);
    for (const QString& topic : topics) {
        one(topic, [state, topic](const ClusterResult<void>& answer) {
            if (answer.ok()) {
                state->outcome.done.append(topic);
            } else {
                state->outcome.failures.append(topic + QStringLiteral(": ") +
                                               QString::fromStdString(answer.error().message));
            }
            if (--state->open == 0) {
                state->all(state->outcome);
            }
        });
    }
}

}  // namespace weir::ui
