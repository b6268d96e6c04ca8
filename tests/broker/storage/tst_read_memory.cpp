// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include "broker/storage/read_buffer.h"

namespace {

/// Allocations as large as what is kept.
std::atomic<int> largeOnes{0};

}  // namespace

void* operator new(std::size_t size) {
    largeOnes += size >= 32 * 1024 ? 1 : 0;
    void* const memory = std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace weir;
using storage::ReadBuffer;
using storage::ReadMemory;

namespace {

constexpr std::size_t kKiB = 1024;

/// How many large blocks the C library was asked for meanwhile.
template <class Work>
int allocationsOf(Work work) {
    const int before = largeOnes;
    work();
    return largeOnes - before;
}

}  // namespace

class TstReadMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("under AddressSanitizer nothing is kept, so that a use after the end is seen");
#endif
        ReadMemory::keepHere();
        ReadMemory::dropAll();
    }
    void whatIsGivenBackIsUsedAgain() {
        QCOMPARE(allocationsOf([] { const ReadMemory first(100 * kKiB); }), 1);
        QCOMPARE(allocationsOf([] { const ReadMemory again(90 * kKiB); }), 0);
        // Two at a time are two blocks; another size is another block.
        QCOMPARE(allocationsOf([] {
                     const ReadMemory one(100 * kKiB);
                     const ReadMemory two(100 * kKiB);
                     QVERIFY(one.data() != two.data());
                 }),
                 1);
        QCOMPARE(allocationsOf([] { const ReadMemory larger(200 * kKiB); }), 1);
    }
    void notMoreThanFourMebibytesAreKept() {
        const auto takeEight = [] {
            std::vector<ReadMemory> blocks;
            for (int i = 0; i < 8; ++i) {
                blocks.emplace_back(1024 * kKiB);
            }
        };
        QCOMPARE(allocationsOf(takeEight), 8);
        QCOMPARE(allocationsOf(takeEight), 4);
        // What is larger than that is nobody's next read.
        QCOMPARE(allocationsOf([] { const ReadMemory giant(16 * 1024 * kKiB); }), 1);
        QCOMPARE(allocationsOf([] { const ReadMemory giant(16 * 1024 * kKiB); }), 1);
    }
    void whatIsIdleGoesBack() {
        const auto takeOne = [] { const ReadMemory one(100 * kKiB); };
        takeOne();
        ReadMemory::dropIdle();
        QCOMPARE(allocationsOf(takeOne), 0);
        ReadMemory::dropIdle();
        ReadMemory::dropIdle();
        QCOMPARE(allocationsOf(takeOne), 1);
    }
    void aThreadThatDoesNotAskForItKeepsNothing() {
        std::thread other([] {
            const auto takeOne = [] { const ReadMemory one(100 * kKiB); };
            takeOne();
            QCOMPARE(allocationsOf(takeOne), 1);
        });
        other.join();
    }
    void aBlockMayGoToAnotherThread() {
        ReadMemory here(100 * kKiB);
        std::memset(here.data(), 7, here.size());
        std::thread other([block = std::move(here)]() mutable {
            ReadMemory::keepHere();
            QCOMPARE(block.data()[block.size() - 1], std::byte{7});
            block = ReadMemory(50 * kKiB);
            QCOMPARE(allocationsOf([] { const ReadMemory mine(100 * kKiB); }), 0);
        });
        other.join();
        QVERIFY(here.data() == nullptr);  // NOLINT(bugprone-use-after-move)
        QCOMPARE(allocationsOf([] { const ReadMemory mine(100 * kKiB); }), 1);
    }
    void aBufferKeepsItsBytesWhenItGrows() {
        ReadBuffer buffer;
        for (int i = 0; i < 3000; ++i) {
            const Bytes piece(100, std::byte(static_cast<unsigned char>(i)));
            buffer.append(piece);
        }
        QCOMPARE(buffer.size(), std::size_t{300'000});
        for (int i = 0; i < 3000; ++i) {
            QCOMPARE(buffer.bytes()[static_cast<std::size_t>(i) * 100 + 99], std::byte(static_cast<unsigned char>(i)));
        }
    }
};

QTEST_APPLESS_MAIN(TstReadMemory)
#include "tst_read_memory.moc"
