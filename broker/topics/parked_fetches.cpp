// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/parked_fetches.h"

#include <algorithm>

namespace weir::topics {

void ParkedFetches::unpark(const ParkedFetch* fetch) {
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_parked, [fetch](const Entry& entry) { return entry.fetch.get() == fetch; });
    m_count.store(m_parked.size(), std::memory_order_seq_cst);
}

void ParkedFetches::wakeBeyond(Offset highWatermark, Offset lastStable) {
    if (m_count.load(std::memory_order_seq_cst) == 0) {
        return;
    }
    std::vector<Entry> woken;
    {
        const std::lock_guard lock(m_mutex);
        const auto first = std::stable_partition(m_parked.begin(), m_parked.end(), [&](const Entry& entry) {
            return entry.seenEnd >= (entry.isolation == Isolation::kReadCommitted ? lastStable : highWatermark);
        });
        woken.assign(std::make_move_iterator(first), std::make_move_iterator(m_parked.end()));
        m_parked.erase(first, m_parked.end());
        m_count.store(m_parked.size(), std::memory_order_seq_cst);
    }
    for (const Entry& entry : woken) {
        entry.fetch->wake();
    }
}

void ParkedFetches::wakeAll() {
    std::vector<Entry> woken;
    {
        const std::lock_guard lock(m_mutex);
        woken.swap(m_parked);
        m_count.store(0, std::memory_order_seq_cst);
    }
    for (const Entry& entry : woken) {
        entry.fetch->wake();
    }
}

}  // namespace weir::topics
