// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/record_feed_bridge.h"

#include <algorithm>
#include <atomic>

#include "app/bridge/row_text.h"

namespace weir::app {

namespace {

constexpr int kRefreshMs = 250;
/// A page asks for what it shows; more at once is a mistake that must not cost seconds.
constexpr int kMaxRows = 2000;

struct Request {
    qint64 first = 0;
    int count = 0;
};

}  // namespace

struct RecordFeedBridge::Open {
    std::unique_ptr<RecordSession> session;
    RowText text;
    /// A notice to the GUI thread is on its way.
    std::atomic<bool> isNoticed{false};
    std::atomic<bool> isReady{false};
    std::mutex mutex;
    std::optional<Request> request;

    Open(Cluster& cluster, const std::string& topic, const QStringList& columns) : text(cluster, topic, columns) {}
};

RecordFeedBridge::RecordFeedBridge(Workshop& workshop) : m_workshop(workshop), m_strand(workshop.pool()) {
    m_timer.setInterval(kRefreshMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        refresh();
        update();
    });
}

RecordFeedBridge::~RecordFeedBridge() {
    if (m_open) {
        m_open->session->stop();
    }
}

void RecordFeedBridge::open(const ui::RecordQuery& query) {
    if (m_open) {
        m_open->session->stop();
    }
    auto open = std::make_shared<Open>(m_workshop.cluster(), toStd(query.topic), query.columns);
    // The session may call from any thread; many changes make one notice. It does not own what owns it.
    open->session = std::make_unique<RecordSession>(
        m_workshop.sharedCluster(), m_workshop.clock(), query,
        [this, workshop = &m_workshop, guard = Workshop::Guard(this), raw = std::weak_ptr(open)] {
            const auto strong = raw.lock();
            if (strong == nullptr || strong->isNoticed.exchange(true)) {
                return;
            }
            workshop->toGui(guard, [this, raw] {
                const auto noticed = raw.lock();
                if (noticed != nullptr && noticed == m_open) {
                    noticed->isNoticed = false;
                    update();
                }
            });
        });
    m_open = open;
    m_rowCount = 0;
    m_knownRows = 0;
    m_progress = {};
    m_progress.running = true;
    m_lastFailure.clear();
    m_isPaused = false;
    m_isRefreshing = false;
    m_strand.post([this, open, workshop = &m_workshop, guard = Workshop::Guard(this)] {
        auto row = std::make_shared<ClusterResult<std::int64_t>>(open->session->open());
        open->isReady = row->ok();
        workshop->toGui(guard, [this, open, row] { onOpened(open, *row); });
    });
}

void RecordFeedBridge::onOpened(const std::shared_ptr<Open>& open, const ClusterResult<std::int64_t>& row) {
    if (open != m_open) {
        return;
    }
    if (!row) {
        m_progress.running = false;
        Q_EMIT failed(toQt(row.error().message));
        Q_EMIT progressChanged();
        return;
    }
    update();
    Q_EMIT opened(*row);
    if (open->session->needsScan() && !open->session->isStopped()) {
        startScan(open);
    }
    if (!open->session->isStopped()) {
        m_timer.start();
    }
}

void RecordFeedBridge::startScan(const std::shared_ptr<Open>& open) {
    m_workshop.startThread(open->session->control(),
                           [this, open, workshop = &m_workshop, guard = Workshop::Guard(this)] {
                               auto done = std::make_shared<ClusterResult<void>>(open->session->scan());
                               workshop->toGui(guard, [this, open, done] {
                                   if (open != m_open) {
                                       return;
                                   }
                                   update();
                                   if (!*done) {
                                       Q_EMIT failed(toQt(done->error().message));
                                   }
                               });
                           });
}

void RecordFeedBridge::refresh() {
    if (m_open == nullptr || m_isRefreshing || !m_open->isReady || m_open->session->needsScan() ||
        m_open->session->isStopped()) {
        return;
    }
    m_isRefreshing = true;
    m_strand.post([this, open = m_open, workshop = &m_workshop, guard = Workshop::Guard(this)] {
        auto done = std::make_shared<ClusterResult<void>>(open->session->refresh());
        workshop->toGui(guard, [this, open, done] {
            if (open != m_open) {
                return;
            }
            m_isRefreshing = false;
            // The same trouble every 250 ms is said once.
            const QString failure = *done ? QString() : toQt(done->error().message);
            if (!failure.isEmpty() && failure != m_lastFailure) {
                Q_EMIT failed(failure);
            }
            m_lastFailure = failure;
        });
    });
}

void RecordFeedBridge::update() {
    if (m_open == nullptr || !m_open->isReady) {
        return;
    }
    const SessionState state = m_open->session->state();
    m_knownRows = state.rowCount;
    const qint64 before = m_rowCount;
    if (!m_isPaused) {
        m_rowCount = m_knownRows;
    } else {
        // A list that shrank must not promise rows that are gone.
        m_rowCount = std::min(m_rowCount, m_knownRows);
    }
    m_progress = state.progress;
    m_progress.notShown = m_knownRows - m_rowCount;
    if (state.invalidFrom >= 0 && state.invalidFrom < m_rowCount) {
        Q_EMIT rowsInvalidated(state.invalidFrom);
    }
    if (m_rowCount != before) {
        Q_EMIT rowCountChanged(m_rowCount);
    }
    Q_EMIT progressChanged();
    if (m_open->session->isStopped()) {
        m_timer.stop();
    }
}

void RecordFeedBridge::stop() {
    if (m_open == nullptr) {
        return;
    }
    m_open->session->stop();
    m_timer.stop();
    update();
    m_progress.running = false;
    Q_EMIT progressChanged();
}

void RecordFeedBridge::setPaused(bool paused) {
    m_isPaused = paused;
    update();
}

void RecordFeedBridge::goOn() {
    if (m_open != nullptr) {
        m_open->session->goOn();
    }
}

void RecordFeedBridge::showNewer() {
    if (m_open != nullptr) {
        m_open->session->showNewer();
        update();
    }
}

void RecordFeedBridge::request(qint64 firstRow, int count) {
    if (m_open == nullptr) {
        return;
    }
    {
        const std::lock_guard lock(m_open->mutex);
        const bool isWaiting = m_open->request.has_value();
        m_open->request = Request{std::max<qint64>(0, firstRow), std::clamp(count, 0, kMaxRows)};
        if (isWaiting) {
            return;
        }
    }
    m_strand.post([this, open = m_open, workshop = &m_workshop, guard = Workshop::Guard(this)] {
        Request wanted;
        {
            const std::lock_guard lock(open->mutex);
            if (!open->request) {
                return;
            }
            wanted = *open->request;
            open->request.reset();
        }
        auto rows = std::make_shared<std::vector<ui::RecordRow>>();
        auto result = open->session->rows(wanted.first, wanted.count);
        if (!result) {
            workshop->toGui(guard, [this, open, sentence = toQt(result.error().message)] {
                if (open == m_open) {
                    Q_EMIT failed(sentence);
                }
            });
            return;
        }
        rows->reserve(result->size());
        for (const Row& row : *result) {
            rows->push_back(open->text(row));
        }
        workshop->toGui(guard, [this, open, wanted, rows] {
            if (open == m_open) {
                Q_EMIT rowsReady(wanted.first, *rows);
            }
        });
    });
}

void RecordFeedBridge::locate(const ui::StartAt& where) {
    if (m_open == nullptr) {
        return;
    }
    m_strand.post([this, open = m_open, where, workshop = &m_workshop, guard = Workshop::Guard(this)] {
        const auto row = open->session->locate(where);
        workshop->toGui(guard, [this, open, found = row ? *row : -1] {
            if (open == m_open) {
                Q_EMIT located(found);
            }
        });
    });
}

}  // namespace weir::app
