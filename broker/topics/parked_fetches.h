// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "broker/model/ids.h"
#include "broker/model/record.h"

namespace weir::topics {

/// A fetch that waits for something to happen to any of its partitions. Implemented by the server.
class ParkedFetch {
public:
    virtual ~ParkedFetch() = default;
    /// Something it parked for has happened. Called on the thread that made it happen (an append, a flush, a deletion),
    /// outside every lock of the partition, possibly by several partitions at once: hand over to the own executor and
    /// return. After the call the fetch is no longer parked at that partition.
    virtual void wake() = 0;
};

/// The fetches parked at one partition. A parked fetch costs one entry here and nothing else: no timer, no thread.
/// Thread safe. Rule of the race: `park` looks at the readable end under the lock that `wakeBeyond` takes, so an append
/// between the reader's look and its parking is never missed.
class ParkedFetches {
public:
    /// Parks `fetch` until the end readable under `isolation` passes `seenEnd`. False, and nothing is parked, if
    /// `readableEnd` (evaluated under the lock; its loads must be sequentially consistent) has passed it already.
    template <class ReadableEnd>
    bool park(std::shared_ptr<ParkedFetch> fetch, Isolation isolation, Offset seenEnd, ReadableEnd readableEnd) {
        const std::lock_guard lock(m_mutex);
        m_count.store(m_parked.size() + 1, std::memory_order_seq_cst);
        if (readableEnd() > seenEnd) {
            m_count.store(m_parked.size(), std::memory_order_seq_cst);
            return false;
        }
        m_parked.push_back({std::move(fetch), seenEnd, isolation});
        return true;
    }
    /// Forgets the fetch; does nothing if it is not here. Once it returns no further `wake` of this partition begins,
    /// one already begun may still be running.
    void unpark(const ParkedFetch* fetch);

    /// Wakes and forgets those whose `seenEnd` lies before their readable end: the high watermark or, for readers of
    /// committed data, the last stable offset. Costs one atomic load when nobody is parked.
    void wakeBeyond(Offset highWatermark, Offset lastStable);
    /// Wakes and forgets everybody: an error, a deletion, a truncation.
    void wakeAll();

    [[nodiscard]] std::size_t count() const { return m_count.load(std::memory_order_relaxed); }

private:
    struct Entry {
        std::shared_ptr<ParkedFetch> fetch;
        Offset seenEnd;
        Isolation isolation = Isolation::kReadUncommitted;
    };

    std::mutex m_mutex;
    std::vector<Entry> m_parked;
    std::atomic<std::size_t> m_count{0};
};

}  // namespace weir::topics
