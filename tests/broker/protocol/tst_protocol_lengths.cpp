// SPDX-License-Identifier: GPL-3.0-or-later
#include <malloc.h>

#include <QTest>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <random>

#include "tests/broker/protocol/message_case.h"

namespace {

/// Live bytes of this thread's `new`, and the most there were since it was set back.
thread_local std::int64_t t_live = 0;
thread_local std::int64_t t_most = 0;

}  // namespace

void* operator new(std::size_t size) {
    void* const memory = std::malloc(size);  // NOLINT: this is the allocator
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    t_live += static_cast<std::int64_t>(malloc_usable_size(memory));
    t_most = std::max(t_most, t_live);
    return memory;
}
void operator delete(void* memory) noexcept {
    if (memory != nullptr) {
        t_live -= static_cast<std::int64_t>(malloc_usable_size(memory));
        std::free(memory);  // NOLINT: this is the allocator
    }
}
void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}
// The other forms too: a sanitizer's own would not go together with these.
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size);
}
void operator delete[](void* memory) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    operator delete(memory);
}

using namespace weir;
using namespace weir::protocol;
using namespace weir::protocol::test;

namespace {

/// What a length, a count or a size can lie: INT32_MAX, -2, INT16_MAX, the largest unsigned varint and one beyond it.
constexpr std::array<std::array<unsigned char, 6>, 6> kLies{{{4, 0x7f, 0xff, 0xff, 0xff, 0},
                                                             {4, 0xff, 0xff, 0xff, 0xfe, 0},
                                                             {2, 0x7f, 0xff, 0, 0, 0},
                                                             {2, 0xff, 0xfe, 0, 0, 0},
                                                             {5, 0xff, 0xff, 0xff, 0xff, 0x0f},
                                                             {5, 0xff, 0xff, 0xff, 0xff, 0x7f}}};
/// More than a decoder may take for a message of `kLongest` bytes, whatever its lengths say.
constexpr std::int64_t kRoom = 1 << 20;
constexpr std::size_t kLongest = 400;

}  // namespace

/// A length that lies, at every place of every message in every version: refused or read, never paid for.
class TstProtocolLengths : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLengthIsNotBelieved() {
        const std::uint64_t seed = qEnvironmentVariableIsSet("WEIR_SEED")
                                       ? qEnvironmentVariable("WEIR_SEED").toULongLong()
                                       : std::random_device()();
        qInfo("WEIR_SEED=%llu", static_cast<unsigned long long>(seed));
        std::int64_t most = 0;
        std::int64_t tried = 0;
        for (const MessageCase& message : allMessageCases()) {
            for (std::int16_t version = message.versions.first; version <= message.versions.last; ++version) {
                Bytes bytes = message.example(seed, ApiVersion(version));
                bytes.resize(std::min(bytes.size(), kLongest));
                for (std::size_t at = 0; at < bytes.size(); ++at) {
                    for (const auto& lie : kLies) {
                        const std::int64_t taken = takenBy(message, ApiVersion(version), bytes, at, lie);
                        QVERIFY2(taken < kRoom, qPrintable(QStringLiteral("%1 v%2 at %3: %4 bytes")
                                                               .arg(QLatin1String(message.name))
                                                               .arg(version)
                                                               .arg(at)
                                                               .arg(taken)));
                        most = std::max(most, taken);
                        ++tried;
                    }
                }
            }
        }
        QVERIFY(tried > 100'000 && most > 0);
        qInfo("%lld lies, at most %lld bytes taken for a message of up to %zu", static_cast<long long>(tried),
              static_cast<long long>(most), kLongest);
    }

private:
    static std::int64_t takenBy(const MessageCase& message, ApiVersion version, const Bytes& good, std::size_t at,
                                const std::array<unsigned char, 6>& lie) {
        Bytes bytes = good;
        std::memcpy(bytes.data() + at, lie.data() + 1, std::min<std::size_t>(lie[0], bytes.size() - at));
        const std::int64_t before = t_live;
        t_most = before;
        (void)message.decodes(bytes, version);
        return t_most - before;
    }
};

QTEST_APPLESS_MAIN(TstProtocolLengths)
#include "tst_protocol_lengths.moc"
