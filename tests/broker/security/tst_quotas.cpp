// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QTemporaryDir>

#include "broker/security/quotas.h"
#include "tests/support/fast_folder.h"
#include "tests/support/manual_clock.h"

using namespace weir;
using namespace weir::security;
using namespace std::chrono_literals;

/// Whose limit counts, and how long one who is over it must wait.
class TstQuotas : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder{weir::testing::fastFolder()};
    weir::testing::ManualClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<Quotas> m_quotas;
    int m_run = 0;

    void set(const char* entity, const char* key, std::optional<double> value) {
        QVERIFY(m_quotas->change({{quotaEntity(entity), key, value}}));
    }

private Q_SLOTS:
    void init() {
        m_quotas.reset();
        m_catalog.reset();
        auto opened = catalog::Catalog::open({.folder = m_folder.filePath(QString::number(++m_run)).toStdString()},
                                             m_clock, m_random, Logger());
        QVERIFY(opened);
        m_catalog = std::move(*opened);
        m_quotas = std::move(*Quotas::open(*m_catalog, m_clock));
    }

    void withoutLimitsNobodyWaits() {
        QVERIFY(m_quotas->isEmpty());
        QCOMPARE(m_quotas->record(QuotaKind::kProduce, "u", "c", 1e12), 0ms);
    }

    void theWaitBringsTheRateBack() {
        set("client-id=c", "producer_byte_rate", 1000);
        QCOMPARE(m_quotas->record(QuotaKind::kProduce, "u", "c", 10'000), 0ms);
        // 15000 bytes in what counts as ten seconds: half as much again as is allowed, so half of that time again.
        QCOMPARE(m_quotas->record(QuotaKind::kProduce, "u", "c", 5'000), 5000ms);
        QCOMPARE(m_quotas->record(QuotaKind::kProduce, "u", "other", 1e9), 0ms);
        QCOMPARE(m_quotas->record(QuotaKind::kFetch, "u", "c", 1e9), 0ms);
        m_clock.advance(20s);
        QCOMPARE(m_quotas->record(QuotaKind::kProduce, "u", "c", 10'000), 0ms);
    }

    void oneAnswerBringsNoMoreThanAWindowOfTheLimit() {
        QVERIFY(!m_quotas->windowOf(QuotaKind::kFetch, "u", "c"));
        set("client-id=c", "consumer_byte_rate", 1000);
        QCOMPARE(m_quotas->windowOf(QuotaKind::kFetch, "u", "c"), std::optional(10'000.0));
        QVERIFY(!m_quotas->windowOf(QuotaKind::kFetch, "u", "other"));
    }

    void theMostExactLimitCounts() {
        const std::vector<const char*> levels{"client-id",        "client-id=c",       "user",
                                              "user,client-id",   "user,client-id=c",  "user=u",
                                              "user=u,client-id", "user=u,client-id=c"};
        double limit = 10;
        for (const char* level : levels) {
            set(level, "producer_byte_rate", limit);
            m_clock.advance(60s);
            QCOMPARE(m_quotas->record(QuotaKind::kProduce, "u", "c", limit * 10), 0ms);
            QVERIFY(m_quotas->record(QuotaKind::kProduce, "u", "c", limit * 10) > 9s);
            limit *= 10;
        }
        for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
            set(*level, "producer_byte_rate", std::nullopt);
        }
        QVERIFY(m_quotas->isEmpty());
    }

    void aUsersClientsShareTheUsersLimit() {
        set("user=u", "consumer_byte_rate", 100);
        QCOMPARE(m_quotas->record(QuotaKind::kFetch, "u", "a", 1000), 0ms);
        QVERIFY(m_quotas->record(QuotaKind::kFetch, "u", "b", 1000) > 0ms);
        m_quotas->takeBack(QuotaKind::kFetch, "u", "b", 1000);
        QCOMPARE(m_quotas->record(QuotaKind::kFetch, "u", "b", 0), 0ms);
    }

    void oneChangeMayOverdrawTheBucketTheNextWaits() {
        set("user=u", "controller_mutation_rate", 1);
        QCOMPARE(m_quotas->debt("u", "c"), 0ms);
        QCOMPARE(m_quotas->record(QuotaKind::kMutation, "u", "c", 14), 3000ms);
        QCOMPARE(m_quotas->debt("u", "c"), 3000ms);
        m_clock.advance(2s);
        QCOMPARE(m_quotas->debt("u", "c"), 1000ms);
        m_clock.advance(1s);
        QCOMPARE(m_quotas->debt("u", "c"), 0ms);
    }

    void aRequestShareNeverWaitsLongerThanAWindow() {
        set("client-id", "request_percentage", 1);
        QCOMPARE(m_quotas->record(QuotaKind::kRequest, "u", "c", 1e6), 1000ms);
    }

    void limitsSurviveWithTheirNames() {
        const QuotaEntity odd{QuotaName::named("a,b=%c"), QuotaName::byDefault(), {}};
        QCOMPARE(quotaEntity(toText(odd)), odd);
        QVERIFY(m_quotas->change({{odd, "producer_byte_rate", 12.0}, {odd, "request_percentage", 0.1}}));
        m_quotas = std::move(*Quotas::open(*m_catalog, m_clock));
        const auto listed = m_quotas->list();
        QCOMPARE(listed.size(), std::size_t(1));
        QCOMPARE(listed.front().entity, odd);
        QCOMPARE(listed.front().limits.at("request_percentage"), 0.1);
    }

    void whatMeansNothingIsRefused() {
        const auto user = quotaEntity("user=u");
        QVERIFY(!whyNotAQuota(user, "producer_byte_rate", 1));
        for (const double bad : {0.0, -1.0, 1.5, double(INFINITY), double(NAN)}) {
            QVERIFY(whyNotAQuota(user, "producer_byte_rate", bad));
        }
        QVERIFY(whyNotAQuota(user, "connection_creation_rate", 1));
        QVERIFY(whyNotAQuota(user, "nonsense", 1));
        QVERIFY(whyNotAQuotaEntity({}));
        QVERIFY(whyNotAQuotaEntity(quotaEntity("ip=1.2.3.4,user=u")));
    }
};

QTEST_GUILESS_MAIN(TstQuotas)
#include "tst_quotas.moc"
