// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <memory>
#include <vector>

#include "broker/server/net/memory_budget.h"

using namespace weir::server;
using Lease = MemoryBudget::Lease;

namespace {

constexpr std::size_t kLimit = 1000;
constexpr std::size_t kCommon = 750;

/// Keeps what was granted, in the order in which it was.
struct Granted {
    std::vector<std::pair<int, Lease>> all;
    std::function<void(Lease)> as(int who) {
        return [this, who](Lease lease) { all.emplace_back(who, std::move(lease)); };
    }
    [[nodiscard]] std::vector<int> order() const {
        std::vector<int> order;
        for (const auto& each : all) {
            order.push_back(each.first);
        }
        return order;
    }
};

}  // namespace

class TstMemoryBudget : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void strangersLeaveTheReserve() {
        MemoryBudget budget(kLimit);
        const Lease all = budget.tryTake(kCommon, Standing::kNew);
        QCOMPARE(all.bytes(), kCommon);
        QCOMPARE(budget.tryTake(1, Standing::kNew).bytes(), 0U);
        const Lease proven = budget.tryTake(250, Standing::kProven);
        QCOMPARE(proven.bytes(), 250U);
        QCOMPARE(budget.tryTake(1, Standing::kProven).bytes(), 0U);
        QCOMPARE(budget.used(), kLimit);
    }

    void theReserveIsGivenBackToTheReserve() {
        MemoryBudget budget(kLimit);
        const Lease all = budget.tryTake(kCommon, Standing::kNew);
        for (int i = 0; i < 5; ++i) {
            Lease proven = budget.tryTake(200, Standing::kProven);
            QCOMPARE(proven.bytes(), 200U);
            proven.join(budget.tryTake(50, Standing::kProven));
            QCOMPARE(proven.bytes(), 250U);
            proven.shrinkTo(100);
            QCOMPARE(budget.tryTake(150, Standing::kProven).bytes(), 150U);
            QCOMPARE(budget.tryTake(151, Standing::kProven).bytes(), 0U);
        }
        QCOMPARE(budget.used(), kCommon);
        QCOMPARE(budget.tryTake(1, Standing::kNew).bytes(), 0U);
    }

    void whoWaitsIsServedInOrderAndTheProvenFromTheReserveMeanwhile() {
        MemoryBudget budget(kLimit);
        Lease first = budget.tryTake(700, Standing::kNew);
        Lease reserved = budget.tryTake(200, Standing::kProven);
        Granted granted;
        budget.take(600, Standing::kNew, granted.as(1));
        budget.take(10, Standing::kNew, granted.as(2));
        budget.take(240, Standing::kProven, granted.as(3));
        budget.take(10, Standing::kProven, granted.as(4));
        // There is room for the last one, and yet it waits: the reserve has its order too.
        QCOMPARE(granted.order(), (std::vector<int>{4}));
        reserved.release();
        QCOMPARE(granted.order(), (std::vector<int>{4, 3}));
        first.release();
        QCOMPARE(granted.order(), (std::vector<int>{4, 3, 1, 2}));
        granted.all.clear();
        QCOMPARE(budget.used(), 0U);
    }

    void oneBegunRequestMayGoBeyondTheLimitAndTheProvenOneFirst() {
        MemoryBudget budget(kLimit);
        Granted granted;
        Lease a = budget.tryTake(300, Standing::kNew);
        const Lease b = budget.tryTake(300, Standing::kNew);
        const Lease c = budget.tryTake(100, Standing::kNew);
        budget.grow(a, 300, Standing::kNew, granted.as(1));
        QCOMPARE(granted.order(), (std::vector<int>{1}));
        budget.grow(b, 300, Standing::kNew, granted.as(2));
        budget.grow(c, 400, Standing::kProven, granted.as(3));
        QCOMPARE(granted.order(), (std::vector<int>{1}));
        a.join(std::move(granted.all[0].second));
        granted.all.clear();
        a.release();
        QCOMPARE(granted.order(), (std::vector<int>{2, 3}));
    }

    /// Each gives back at once what it is granted; recursion would end in a stack that is used up.
    void aHundredThousandWhoHaveLeftAreDoneWith() {
        MemoryBudget budget(kLimit);
        Lease all = budget.tryTake(kCommon, Standing::kNew);
        std::size_t granted = 0;
        for (int i = 0; i < 100'000; ++i) {
            budget.take(700, Standing::kNew, [&granted](const Lease& lease) { granted += lease.bytes() / 700; });
        }
        all.release();
        QCOMPARE(granted, 100'000U);
        QCOMPARE(budget.used(), 0U);
    }

    void answersTakeHalfAndRequestsHaveTheirs() {
        MemoryBudget budget(kLimit);
        const Lease owed = budget.owe(2000);
        QCOMPARE(budget.takeUpTo(100).bytes(), 0U);
        const Lease request = budget.tryTake(500, Standing::kNew);
        QCOMPARE(request.bytes(), 500U);
        QCOMPARE(budget.tryTake(1, Standing::kNew).bytes(), 0U);
    }

    void moreThanTheLimitIsGrantedAlone() {
        MemoryBudget budget(kLimit);
        Lease alone = budget.tryTake(5000, Standing::kNew);
        QCOMPARE(alone.bytes(), 5000U);
        QCOMPARE(budget.tryTake(1, Standing::kNew).bytes(), 0U);
        alone.release();
        QCOMPARE(budget.tryTake(1, Standing::kNew).bytes(), 1U);
    }
};

QTEST_APPLESS_MAIN(TstMemoryBudget)
#include "tst_memory_budget.moc"
