// SPDX-License-Identifier: GPL-3.0-or-later
// Two Weirs of one person, each a process with a broker and a window of its own, that share their connections. What is
// done in them is done by hand: this program starts itself twice as such a Weir, which does what its input says.
#include <unistd.h>

#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QProcess>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTest>
#include <cstdio>
#include <memory>
#include <string>

#include "app/application.h"
#include "ui/pages/connections/connection_panel.h"
#include "ui/shell/main_window.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"
#include "ui/widgets/look_settings.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr int kPatienceMs = 30'000;

/// One of the two. Its input: "add NAME ADDRESS", "edit NAME ADDRESS", "save", "forget NAME". Its output, a line each:
/// "has" and NAME=ADDRESS of each, with tabs between, whenever that changes, "done" after each line of the input,
/// "asked" instead where a panel wants to be told again that it shall save, and "told …".
class Weir : public QObject {
public:
    explicit Weir(const QString& dataFolder) : m_application(optionsFor(dataFolder)) {
        // A panel that was closed is gone then, not on its way out.
        m_application.backend().settings().setValue(ui::kReduceMotionKey, true);
        m_application.show();
        ui::NavigationTarget target;
        target.kind = ui::PageKind::kConnections;
        m_application.window().go(target);
        connect(&m_application.remotes(), &ui::Connections::changed, this, &Weir::list);
        connect(&m_application.remotes(), &ui::Connections::told, this,
                [](const QString& sentence) { say("told " + sentence); });
        connect(&m_input, &QSocketNotifier::activated, this, &Weir::obey);
        list();
    }

private:
    static ApplicationOptions optionsFor(const QString& dataFolder) {
        ApplicationOptions options;
        options.broker.dataFolder = dataFolder.toStdString();
        options.broker.listen = {{"127.0.0.1", 0}};
        return options;
    }
    static void say(const QString& line) {
        std::printf("%s\n", qPrintable(line));
        std::fflush(stdout);
    }
    void list() {
        QStringList all;
        for (const ui::ConnectionProfile& each : m_application.remotes().profiles()) {
            all << each.name + '=' + each.bootstrap;
        }
        all.sort();
        say("has " + all.join('\t'));
    }
    void obey() {
        char bytes[4096];
        const ssize_t got = ::read(STDIN_FILENO, bytes, sizeof bytes);
        if (got <= 0) {
            QApplication::quit();
            return;
        }
        m_read.append(bytes, got);
        for (qsizetype end = m_read.indexOf('\n'); end >= 0; end = m_read.indexOf('\n')) {
            const QStringList words = QString::fromUtf8(m_read.left(end)).split(' ');
            m_read.remove(0, end + 1);
            perform(words);
            say(panel() != nullptr && words[0] != "edit" ? "asked" : "done");
        }
    }
    void perform(const QStringList& words) {
        if (words[0] == "add") {
            click("Connect to a cluster");
            type("Address", words[2]);
            type("Name", words[1]);
            click("Save without opening");
        } else if (words[0] == "edit") {
            click("Edit " + words[1]);
            type("Address", words[2]);
        } else if (words[0] == "save") {
            click("Save without opening");
        } else {
            click("Forget " + words.mid(1).join(' '));
        }
    }
    ui::ConnectionPanel* panel() {
        for (auto* each : m_application.window().findChildren<ui::ConnectionPanel*>()) {
            if (each->isVisible()) {
                return each;
            }
        }
        return nullptr;
    }
    void click(const QString& name) {
        for (auto* button : m_application.window().workspace().currentPage()->findChildren<QAbstractButton*>()) {
            const bool isMeant = button->text() == name || button->accessibleName() == name;
            if (isMeant && button->isVisible() && button->isEnabled()) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        qFatal("there is no %s to click", qPrintable(name));
    }
    void type(const char* field, const QString& text) {
        for (auto* edit : panel()->findChildren<QLineEdit*>()) {
            if (edit->accessibleName() == QLatin1String(field)) {
                QTest::mouseClick(edit, Qt::LeftButton);
                QTest::keyClick(edit, Qt::Key_A, Qt::ControlModifier);
                QTest::keyClicks(edit, text);
            }
        }
    }

    Application m_application;
    QSocketNotifier m_input{STDIN_FILENO, QSocketNotifier::Read};
    QByteArray m_read;
};

/// Such a process, as the test sees it. Ends with the object.
class Person {
public:
    explicit Person(const QString& dataFolder) {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QCoreApplication::applicationFilePath(), {"--weir", dataFolder});
        QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process, [this] { listen(); });
    }
    ~Person() {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(kPatienceMs)) {
            m_process.kill();
            m_process.waitForFinished(kPatienceMs);
        }
    }
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;

    /// Returns at once.
    void begin(const QString& what) {
        m_answer.clear();
        m_process.write(what.toUtf8() + '\n');
    }
    /// "done" or "asked".
    QString end() {
        return QTest::qWaitFor([this] { return !m_answer.isEmpty(); }, kPatienceMs) ? m_answer : QString("late");
    }
    QString does(const QString& what) {
        begin(what);
        return end();
    }
    void kill() {
        m_process.kill();
        m_process.waitForFinished(kPatienceMs);
    }
    [[nodiscard]] QStringList has() const { return m_has; }
    [[nodiscard]] bool has(const QStringList& all) const { return m_has == all; }
    QStringList told;

private:
    void listen() {
        while (m_process.canReadLine()) {
            const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
            if (line == "done" || line == "asked") {
                m_answer = line;
            } else if (line.startsWith("told ")) {
                told << line.mid(5);
            } else if (line.startsWith("has")) {
                m_has = line.mid(4).split('\t', Qt::SkipEmptyParts);
            }
        }
    }
    QProcess m_process;
    QString m_answer;
    QStringList m_has{"nobody has said anything"};
};

}  // namespace

class TstTwoWeirs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        qputenv("XDG_CONFIG_HOME", m_dir->filePath("config").toUtf8());
        qputenv("XDG_DATA_HOME", m_dir->filePath("share").toUtf8());
        m_left = start("left");
        m_right = start("right");
        QTRY_VERIFY_WITH_TIMEOUT(m_left->has({}) && m_right->has({}), kPatienceMs);
    }
    void cleanup() {
        m_left.reset();
        m_right.reset();
        m_dir.reset();
    }

    void whatOneChangesTheOtherShows() {
        QCOMPARE(m_left->does("add Shop shop:1"), QString("done"));
        QTRY_COMPARE_WITH_TIMEOUT(m_right->has(), QStringList{"Shop=shop:1"}, kPatienceMs);
        QCOMPARE(m_right->does("edit Shop shop:2"), QString("done"));
        QCOMPARE(m_right->does("save"), QString("done"));
        QTRY_COMPARE_WITH_TIMEOUT(m_left->has(), QStringList{"Shop=shop:2"}, kPatienceMs);
        QCOMPARE(m_left->does("forget Shop"), QString("done"));
        QTRY_COMPARE_WITH_TIMEOUT(m_right->has(), QStringList(), kPatienceMs);
        QVERIFY(m_left->told.isEmpty() && m_right->told.isEmpty());
    }

    void whatBothAddAtOnceIsAllKept() {
        constexpr int kRounds = 8;
        QStringList all;
        for (int round = 0; round < kRounds; ++round) {
            m_left->begin(QString("add L%1 l:%1").arg(round));
            m_right->begin(QString("add R%1 r:%1").arg(round));
            QCOMPARE(m_left->end(), QString("done"));
            QCOMPARE(m_right->end(), QString("done"));
            all << QString("L%1=l:%1").arg(round) << QString("R%1=r:%1").arg(round);
        }
        all.sort();
        QTRY_COMPARE_WITH_TIMEOUT(m_left->has(), all, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(m_right->has(), all, kPatienceMs);
    }

    // Either the second to save is asked first, or both are kept and that is said: nobody's change goes silently.
    void whatBothChangeAtOnceIsNotLostUnsaid() {
        constexpr int kRounds = 5;
        int kept = 0;
        for (int round = 0; round < kRounds; ++round) {
            const QString name = QString("Shop%1").arg(round);
            QCOMPARE(m_left->does("add " + name + " shop:1"), QString("done"));
            QTRY_VERIFY_WITH_TIMEOUT(m_right->has().contains(name + "=shop:1"), kPatienceMs);
            QCOMPARE(m_left->does("edit " + name + " left:1"), QString("done"));
            QCOMPARE(m_right->does("edit " + name + " right:1"), QString("done"));
            const auto told = m_left->told.size() + m_right->told.size();
            m_left->begin("save");
            m_right->begin("save");
            const QStringList answers{m_left->end(), m_right->end()};
            QVERIFY(answers.contains("done") && !answers.contains("late"));
            if (answers.contains("asked")) {
                // Asked once, and told again: now it is meant.
                Person& asked = answers[0] == "asked" ? *m_left : *m_right;
                QCOMPARE(asked.does("save"), QString("done"));
                QTRY_VERIFY_WITH_TIMEOUT(
                    m_left->has().contains(name + (answers[0] == "asked" ? "=left:1" : "=right:1")), kPatienceMs);
            } else {
                ++kept;
                QTRY_VERIFY_WITH_TIMEOUT(m_left->told.size() + m_right->told.size() > told, kPatienceMs);
                // The one that was told need not be the left one, which sees the other's when it has read the file.
                const auto holdsBoth = [&] {
                    const QString both = m_left->has().join(' ');
                    return both.contains("left:1") && both.contains("right:1");
                };
                QTRY_VERIFY_WITH_TIMEOUT(holdsBoth(), kPatienceMs);
            }
            QTRY_COMPARE_WITH_TIMEOUT(m_left->has(), m_right->has(), kPatienceMs);
            for (const QString& each : m_left->has()) {
                QCOMPARE(m_left->does("forget " + each.section('=', 0, 0)), QString("done"));
            }
            QTRY_COMPARE_WITH_TIMEOUT(m_right->has(), QStringList(), kPatienceMs);
        }
        qInfo("%d of %d times both were kept, else the second was asked", kept, kRounds);
    }

    // The lock and the file of one that was killed while it wrote hold up nobody.
    void oneThatIsKilledHoldsUpNobody() {
        QCOMPARE(m_right->does("add Bank bank:1"), QString("done"));
        QTRY_COMPARE_WITH_TIMEOUT(m_left->has(), QStringList{"Bank=bank:1"}, kPatienceMs);
        m_left->begin("add A a:1\nadd B b:1\nadd C c:1\nadd D d:1");
        QTRY_VERIFY_WITH_TIMEOUT(m_right->has().size() > 1, kPatienceMs);
        m_left->kill();
        QCOMPARE(m_right->does("add Shop shop:1"), QString("done"));
        m_left = start("left");
        QTRY_VERIFY_WITH_TIMEOUT(m_left->has().contains("Shop=shop:1") && m_left->has() == m_right->has(), kPatienceMs);
        QVERIFY(m_left->has().contains("Bank=bank:1") && m_left->has().contains("A=a:1"));
    }

private:
    std::unique_ptr<Person> start(const char* name) { return std::make_unique<Person>(m_dir->filePath(name)); }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Person> m_left;
    std::unique_ptr<Person> m_right;
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    if (argc == 3 && std::string(argv[1]) == "--weir") {
        const ui::Theme theme(app);
        const Weir one(QString::fromLocal8Bit(argv[2]));
        return QApplication::exec();
    }
    TstTwoWeirs test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_two_weirs.moc"
