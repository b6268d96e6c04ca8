// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <atomic>
#include <memory>

#include "app/cluster/gated_cluster.h"
#include "ui/backend/change_lock.h"

namespace weir::app {

/// The lock of a production cluster: the window's side of it on the GUI thread, its gate on every thread.
class ProductionLock final : public ui::ChangeLock {
    Q_OBJECT

public:
    explicit ProductionLock(QString word, QObject* parent = nullptr);

    [[nodiscard]] bool isLocked() const override { return m_state->isLocked; }
    [[nodiscard]] QString word() const override { return m_word; }
    bool unlock(const QString& typed) override;
    void lock() override;
    [[nodiscard]] int minutes() const override { return kMinutes; }

    /// Refuses while it is locked, and lets the window know. The lock outlives it.
    [[nodiscard]] ChangeGate gate();

private:
    static constexpr int kMinutes = 10;
    struct State {
        std::atomic<bool> isLocked{true};
    };

    QString m_word;
    std::shared_ptr<State> m_state = std::make_shared<State>();
    QTimer m_again;
};

}  // namespace weir::app
