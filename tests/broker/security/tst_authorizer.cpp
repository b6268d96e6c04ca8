// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QTemporaryDir>

#include <random>

#include "broker/security/authorizer.h"
#include "tests/support/fast_folder.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::security;
using enum AclOperation;

/// Who may do what, by the rules of Kafka's StandardAuthorizer.
class TstAuthorizer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder{weir::testing::fastFolder()};
    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<catalog::Catalog> m_catalog;
    int m_run = 0;

    std::unique_ptr<Authorizer> fresh(bool allowIfNoAcl = false) {
        m_catalog.reset();
        const auto folder = std::filesystem::path(m_folder.path().toStdString()) / std::to_string(++m_run);
        auto opened = catalog::Catalog::open({.folder = folder}, m_clock, m_random, Logger());
        if (!opened) {
            qFatal("%s", opened.error().message.c_str());
        }
        m_catalog = std::move(*opened);
        return again(allowIfNoAcl);
    }
    std::unique_ptr<Authorizer> again(bool allowIfNoAcl = false) {
        auto authorizer = Authorizer::open(*m_catalog, {.superUsers = {"User:admin"}, .allowIfNoAcl = allowIfNoAcl});
        return std::move(*authorizer);
    }
    static Acl rule(Permission permission, AclOperation operation, std::string name,
                    PatternType pattern = PatternType::kLiteral, std::string who = "User:alice",
                    std::string host = "*") {
        return {ResourceType::kTopic, std::move(name), pattern, std::move(who), std::move(host), operation, permission};
    }
    static bool asks(const Authorizer& authorizer, AclOperation operation, std::string_view topic,
                     std::string_view who = "alice", std::string_view host = "10.0.0.1") {
        return authorizer.isAllowed({"User", std::string(who)}, host, operation, ResourceType::kTopic, topic);
    }

private Q_SLOTS:
    void withoutRulesNobodyButTheSuperUserMay() {
        const auto authorizer = fresh();
        QVERIFY(!asks(*authorizer, kRead, "orders"));
        QVERIFY(asks(*authorizer, kRead, "orders", "admin"));
    }

    void denialWinsOverEveryAllowance() {
        const auto authorizer = fresh();
        QVERIFY(authorizer->add({rule(Permission::kAllow, kAll, "*"), rule(Permission::kAllow, kRead, "orders"),
                                 rule(Permission::kDeny, kRead, "ord", PatternType::kPrefixed)}));
        QVERIFY(!asks(*authorizer, kRead, "orders"));
        QVERIFY(asks(*authorizer, kWrite, "orders"));
        QVERIFY(asks(*authorizer, kRead, "or"));
        QVERIFY(asks(*authorizer, kRead, "xord"));
    }

    void toReadIsToDescribeButToDenyReadingIsNotToHide() {
        const auto authorizer = fresh();
        QVERIFY(authorizer->add({rule(Permission::kAllow, kRead, "a"), rule(Permission::kAllow, kDescribe, "b"),
                                 rule(Permission::kDeny, kRead, "b")}));
        QVERIFY(asks(*authorizer, kDescribe, "a"));
        QVERIFY(!asks(*authorizer, kDescribeConfigs, "a"));
        QVERIFY(asks(*authorizer, kDescribe, "b"));
        QVERIFY(!asks(*authorizer, kRead, "b"));
    }

    void aRuleForOneHostIsNoRuleForAnother() {
        const auto authorizer = fresh();
        QVERIFY(authorizer->add({rule(Permission::kAllow, kRead, "a", PatternType::kLiteral, "User:*", "127.0.0.1")}));
        QVERIFY(asks(*authorizer, kRead, "a", "bob", "127.0.0.1"));
        QVERIFY(!asks(*authorizer, kRead, "a", "bob", "127.0.0.2"));
    }

    void allowIfNoneEndsWithTheFirstRule() {
        const auto authorizer = fresh(true);
        QVERIFY(asks(*authorizer, kWrite, "a"));
        QVERIFY(authorizer->add({rule(Permission::kAllow, kRead, "a", PatternType::kLiteral, "User:bob")}));
        QVERIFY(!asks(*authorizer, kWrite, "a"));
        QVERIFY(asks(*authorizer, kWrite, "b"));
    }

    void somewhereIsNotWhereEverythingIsDenied() {
        const auto authorizer = fresh();
        const auto somewhere = [&] {
            return authorizer->isAllowedSomewhere({"User", "alice"}, "h", kWrite, ResourceType::kTopic);
        };
        QVERIFY(!somewhere());
        QVERIFY(authorizer->add({rule(Permission::kAllow, kWrite, "logs-a")}));
        QVERIFY(somewhere());
        QVERIFY(authorizer->add({rule(Permission::kDeny, kWrite, "logs-", PatternType::kPrefixed)}));
        QVERIFY(!somewhere());
        QVERIFY(authorizer->add({rule(Permission::kAllow, kWrite, "log", PatternType::kPrefixed)}));
        QVERIFY(somewhere());
        QVERIFY(authorizer->add({rule(Permission::kDeny, kWrite, "*")}));
        QVERIFY(!somewhere());
    }

    void rulesSurviveAndAreFoundByExample() {
        auto authorizer = fresh();
        const Acl literal = rule(Permission::kAllow, kRead, "orders");
        const Acl prefixed = rule(Permission::kAllow, kWrite, "ord", PatternType::kPrefixed);
        const Acl wild = rule(Permission::kDeny, kRead, "*");
        QVERIFY(authorizer->add({literal, prefixed, wild, literal}));
        authorizer = again();
        AclFilter match;
        match.resourceName = "orders";
        match.patternType = PatternType::kMatch;
        QCOMPARE(authorizer->find(match).size(), std::size_t(3));
        match.patternType = PatternType::kLiteral;
        QCOMPARE(authorizer->find(match), std::vector<Acl>{literal});
        const auto removed = authorizer->remove({match, AclFilter{}});
        QVERIFY(removed);
        QCOMPARE((*removed)[0].size(), std::size_t(1));
        QCOMPARE((*removed)[1].size(), std::size_t(3));
        QVERIFY(again()->find({}).empty());
    }

    void aRuleThatMeansNothingIsRefusedInWords() {
        QVERIFY(!whyNotAnAcl(rule(Permission::kAllow, kRead, "a")));
        QVERIFY(whyNotAnAcl(rule(Permission::kAny, kRead, "a")));
        QVERIFY(whyNotAnAcl(rule(Permission::kAllow, kAny, "a")));
        QVERIFY(whyNotAnAcl(rule(Permission::kAllow, kRead, "")));
        QVERIFY(whyNotAnAcl(rule(Permission::kAllow, kRead, "a", PatternType::kMatch)));
        QVERIFY(whyNotAnAcl(rule(Permission::kAllow, kRead, "a", PatternType::kLiteral, "alice")));
        Acl cluster = rule(Permission::kAllow, kAlter, "mine");
        cluster.resourceType = ResourceType::kCluster;
        QVERIFY(whyNotAnAcl(cluster));
    }

    /// The index against the definition, read straight off the list of rules.
    void theIndexDecidesAsTheListWould() {
        const auto seed = weir::testing::printedSeed();
        std::mt19937_64 random(seed);
        const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
        const std::vector<std::string> names{"a", "ab", "abc", "b", "*", "abd"};
        const std::vector<std::string> users{"User:alice", "User:bob", "User:*"};
        const std::vector<std::string> hosts{"*", "h1", "h2"};
        for (int round = 0; round < 40; ++round) {
            const auto authorizer = fresh();
            std::vector<Acl> acls;
            for (int i = 0; i < 12; ++i) {
                acls.push_back(rule(random() % 3 == 0 ? Permission::kDeny : Permission::kAllow,
                                    static_cast<AclOperation>(2 + random() % 7), pick(names),
                                    random() % 2 ? PatternType::kLiteral : PatternType::kPrefixed, pick(users),
                                    pick(hosts)));
            }
            QVERIFY(authorizer->add(acls));
            for (const std::string topic : {"a", "ab", "abcd", "b", "c"}) {
                for (int op = 3; op <= 8; ++op) {
                    for (const std::string user : {"alice", "bob"}) {
                        const auto asked = static_cast<AclOperation>(op);
                        bool allowed = false;
                        bool denied = false;
                        for (const Acl& acl : acls) {
                            const bool here = acl.patternType == PatternType::kPrefixed
                                                  ? topic.starts_with(acl.resourceName)
                                                  : acl.resourceName == topic || acl.resourceName == "*";
                            const bool who = acl.principal == "User:*" || acl.principal == "User:" + user;
                            const bool from = acl.host == "*" || acl.host == "h1";
                            const bool implied = asked == kDescribe && acl.permission == Permission::kAllow &&
                                                 (acl.operation == kRead || acl.operation == kWrite ||
                                                  acl.operation == kDelete || acl.operation == kAlter);
                            if (here && who && from && (acl.operation == asked || acl.operation == kAll || implied)) {
                                (acl.permission == Permission::kDeny ? denied : allowed) = true;
                            }
                        }
                        QCOMPARE(asks(*authorizer, asked, topic, user, "h1"), allowed && !denied);
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TstAuthorizer)
#include "tst_authorizer.moc"
