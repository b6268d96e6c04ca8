// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/share/delivery_ranges.h"

#include <algorithm>
#include <limits>

#include "broker/base/assert.h"
#include "broker/groups/store/byte_codec.h"

namespace weir::groups {
namespace {

constexpr std::uint8_t kRangesVersion = 1;

bool isKnownType(AcknowledgeType type) {
    return type >= AcknowledgeType::kGap && type <= AcknowledgeType::kRenew;
}

bool isSensible(const AcknowledgeBatch& batch) {
    if (batch.first > batch.last || batch.types.empty() || !std::ranges::all_of(batch.types, isKnownType)) {
        return false;
    }
    return batch.types.size() == 1 || static_cast<std::int64_t>(batch.types.size()) == batch.last - batch.first + 1;
}

}  // namespace

std::optional<Offset> DeliveryRanges::nextAvailable() const {
    for (const auto& [first, range] : m_ranges) {
        if (range.state == DeliveryState::kAvailable) {
            return first;
        }
    }
    return m_end - m_start < m_limits.held ? std::optional(m_end) : std::nullopt;
}

std::int64_t DeliveryRanges::doneAhead() const {
    std::int64_t done = 0;
    for (const auto& [first, range] : m_ranges) {
        done += range.isDone() ? range.last - first + 1 : 0;
    }
    return done;
}

std::vector<DeliveryRanges::View> DeliveryRanges::view() const {
    std::vector<View> views;
    views.reserve(m_ranges.size());
    for (const auto& [first, range] : m_ranges) {
        views.push_back({first, range.last, range.state, range.deliveries,
                         range.state == DeliveryState::kAcquired ? range.member : std::string()});
    }
    return views;
}

DeliveryRanges::Ranges::iterator DeliveryRanges::cutAt(Offset at) {
    if (at >= m_end) {
        return m_ranges.end();
    }
    auto it = std::prev(m_ranges.upper_bound(at));
    if (it->first == at) {
        return it;
    }
    Range tail = it->second;
    it->second.last = at - 1;
    return m_ranges.emplace_hint(std::next(it), at, std::move(tail));
}

std::vector<AcquiredRange> DeliveryRanges::acquire(const Wish& wish) {
    std::vector<AcquiredRange> acquired;
    if (wish.from > m_end) {
        return acquired;  // the start was moved back since this was read: it is not what comes next
    }
    std::int64_t count = 0;
    auto from = std::max(wish.from, m_start);
    const auto take = [&](Offset first, Range& range) {
        range.state = DeliveryState::kAcquired;
        range.deliveries = static_cast<std::int16_t>(range.deliveries + 1);
        range.member = wish.member;
        range.lockedUntil = wish.lockedUntil;
        count += range.last - first + 1;
        acquired.push_back({first, range.last, range.deliveries});
    };
    const bool isExact = wish.cut == Cut::kAnywhere;
    const auto room = [&] { return isExact ? wish.maxRecords - count : std::numeric_limits<std::int64_t>::max(); };
    for (const Offset batchEnd : wish.batchEnds) {
        if (batchEnd < from) {
            continue;
        }
        if (count >= wish.maxRecords) {
            break;
        }
        for (auto it = cutAt(from); it != m_ranges.end() && it->first <= batchEnd && room() > 0; ++it) {
            if (it->second.state != DeliveryState::kAvailable) {
                continue;
            }
            const auto last = std::min(batchEnd, it->second.last);
            cutAt(std::min(last, it->first + (std::min(room(), last - it->first + 1) - 1)) + 1);
            take(it->first, it->second);
        }
        if (batchEnd >= m_end && room() > 0 && m_end - m_start < m_limits.held) {
            const auto first = m_end;
            const auto last = first + (std::min(room(), batchEnd - first + 1) - 1);
            m_end = last + 1;
            take(first, m_ranges.emplace_hint(m_ranges.end(), first, Range{last, {}, 0, {}, {}})->second);
        }
        from = batchEnd + 1;
    }
    tidy();
    // Neighbours with equal deliveries are told as one.
    std::vector<AcquiredRange> joined;
    for (const auto& range : acquired) {
        if (!joined.empty() && joined.back().last + 1 == range.first && joined.back().deliveries == range.deliveries) {
            joined.back().last = range.last;
        } else {
            joined.push_back(range);
        }
    }
    return joined;
}

bool DeliveryRanges::isHeldBy(const std::string& member, Offset first, Offset last) const {
    for (auto it = std::prev(m_ranges.upper_bound(first)); it != m_ranges.end() && it->first <= last; ++it) {
        if (it->second.state != DeliveryState::kAcquired || it->second.member != member) {
            return false;
        }
    }
    return true;
}

GroupErrc DeliveryRanges::acknowledge(const std::string& member, const std::vector<AcknowledgeBatch>& batches,
                                      Clock::Steady renewedUntil) {
    Offset lowest = kNoOffset;
    for (const auto& batch : batches) {
        if (!isSensible(batch) || batch.first <= lowest) {
            return GroupErrc::kInvalidRequest;
        }
        lowest = batch.last;
    }
    for (const auto& batch : batches) {
        if (batch.last < m_start) {
            continue;  // the start has moved over it: retention, an administrator, or an earlier answer that was lost
        }
        if (batch.last >= m_end) {
            return GroupErrc::kInvalidRequest;
        }
        if (!isHeldBy(member, std::max(batch.first, m_start), batch.last)) {
            return GroupErrc::kInvalidRecordState;
        }
    }
    for (const auto& batch : batches) {
        for (auto at = std::max(batch.first, m_start); at <= batch.last;) {
            const auto index = static_cast<std::size_t>(at - batch.first);
            const auto type = batch.types.size() == 1 ? batch.types.front() : batch.types[index];
            auto until = batch.last;
            if (batch.types.size() > 1) {
                const auto other = std::find_if(batch.types.begin() + static_cast<std::ptrdiff_t>(index),
                                                batch.types.end(), [&](AcknowledgeType t) { return t != type; });
                until = batch.first + (std::distance(batch.types.begin(), other) - 1);
            }
            cutAt(until + 1);
            for (auto it = cutAt(at); it != m_ranges.end() && it->first <= until; ++it) {
                settle(it->second, type, renewedUntil);
            }
            at = until + 1;
        }
    }
    tidy();
    return GroupErrc::kNone;
}

void DeliveryRanges::settle(Range& range, AcknowledgeType type, Clock::Steady renewedUntil) {
    if (type == AcknowledgeType::kRenew) {
        range.lockedUntil = renewedUntil;
        return;
    }
    if (type == AcknowledgeType::kRelease) {
        makeAvailable(range);
        return;
    }
    range.state = type == AcknowledgeType::kAccept ? DeliveryState::kAcknowledged : DeliveryState::kArchived;
    range.member.clear();
    range.lockedUntil = Clock::Steady::max();
}

void DeliveryRanges::makeAvailable(Range& range) {
    range.state = range.deliveries >= m_limits.deliveries ? DeliveryState::kArchived : DeliveryState::kAvailable;
    range.member.clear();
    range.lockedUntil = Clock::Steady::max();
}

bool DeliveryRanges::release(const std::string& member) {
    bool any = false;
    for (auto& entry : m_ranges) {
        auto& range = entry.second;
        if (range.state == DeliveryState::kAcquired && range.member == member) {
            range.deliveries = static_cast<std::int16_t>(range.deliveries - 1);
            makeAvailable(range);
            any = true;
        }
    }
    tidy();
    return any;
}

bool DeliveryRanges::expire(Clock::Steady now) {
    bool any = false;
    for (auto& entry : m_ranges) {
        if (entry.second.state == DeliveryState::kAcquired && entry.second.lockedUntil <= now) {
            makeAvailable(entry.second);
            any = true;
        }
    }
    tidy();
    return any;
}

Clock::Steady DeliveryRanges::nextExpiry() const {
    auto soonest = Clock::Steady::max();
    for (const auto& entry : m_ranges) {
        soonest = std::min(soonest, entry.second.lockedUntil);
    }
    return soonest;
}

bool DeliveryRanges::moveStart(Offset to) {
    if (to <= m_start) {
        return false;
    }
    if (to >= m_end) {
        reset(to);
        return true;
    }
    m_ranges.erase(m_ranges.begin(), cutAt(to));
    m_start = to;
    tidy();
    return true;
}

void DeliveryRanges::reset(Offset start) {
    m_ranges.clear();
    m_start = start;
    m_end = start;
}

void DeliveryRanges::tidy() {
    while (!m_ranges.empty() && m_ranges.begin()->second.isDone()) {
        m_start = m_ranges.begin()->second.last + 1;
        m_ranges.erase(m_ranges.begin());
    }
    for (auto it = m_ranges.begin(); it != m_ranges.end();) {
        const auto next = std::next(it);
        // Of what is done nobody asks how often it was delivered.
        const bool joins = next != m_ranges.end() && (it->second.isLike(next->second) ||
                                                      (it->second.isDone() && it->second.state == next->second.state));
        if (joins) {
            it->second.last = next->second.last;
            m_ranges.erase(next);
        } else {
            it = next;
        }
    }
    WEIR_ASSERT(m_ranges.empty() ? m_start == m_end
                                 : m_ranges.begin()->first == m_start && m_ranges.rbegin()->second.last + 1 == m_end);
}

Bytes DeliveryRanges::encode() const {
    ByteWriter writer;
    writer.byte(kRangesVersion);
    writer.integer<std::int32_t>(static_cast<std::int32_t>(m_ranges.size()));
    for (const auto& [first, range] : m_ranges) {
        const bool isGivenUp = range.state == DeliveryState::kAcquired && range.deliveries >= m_limits.deliveries;
        const auto state = range.state != DeliveryState::kAcquired ? range.state
                           : isGivenUp                             ? DeliveryState::kArchived
                                                                   : DeliveryState::kAvailable;
        writer.integer<std::int64_t>(first.value);
        writer.integer<std::int64_t>(range.last.value);
        writer.byte(static_cast<std::uint8_t>(state));
        writer.integer<std::int16_t>(range.deliveries);
    }
    return writer.take();
}

bool DeliveryRanges::restore(ByteView bytes) {
    ByteReader reader(bytes);
    if (reader.byte() != kRangesVersion) {
        return false;
    }
    Ranges ranges;
    Offset end = m_start;
    for (auto left = reader.count(19); left > 0; --left) {  // that they are there has been seen with the count
        const Offset first(reader.integer<std::int64_t>());
        Range range;
        range.last = Offset(reader.integer<std::int64_t>());
        const auto state = reader.byte();
        range.deliveries = reader.integer<std::int16_t>();
        if (first != end || range.last < first || state == 1 || state == 3 || state > 4) {
            return false;
        }
        range.state = static_cast<DeliveryState>(state);
        end = range.last + 1;
        ranges.emplace(first, range);
    }
    if (!reader.ok()) {
        return false;
    }
    m_ranges = std::move(ranges);
    m_end = end;
    tidy();
    return true;
}

}  // namespace weir::groups
