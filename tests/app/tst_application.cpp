// SPDX-License-Identifier: GPL-3.0-or-later
// Weir as a whole where things are not as they should be: a port in use, a window that is open already, settings that
// cannot be read.
#include <unistd.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QPointer>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/application.h"
#include "app/settings/folders.h"
#include "app/settings/settings_file.h"
#include "app/single_window.h"
#include "tests/support/loopback.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/empty_state.h"

using namespace weir;
using namespace weir::app;

namespace {

/// Holds a port of the loopback as another program would.
class TakenPort {
public:
    ~TakenPort() { ::close(m_bound.socket); }
    [[nodiscard]] std::uint16_t port() const { return m_bound.port; }

private:
    test::BoundSocket m_bound = test::listenOnAnyPort(1);
};

ApplicationOptions optionsFor(const QTemporaryDir& dir, std::uint16_t port = 0) {
    ApplicationOptions options;
    options.broker.dataFolder = dir.filePath(QStringLiteral("data")).toStdString();
    options.broker.listen = {{"127.0.0.1", port}};
    return options;
}

ui::Banner* bannerOf(Application& application) {
    for (auto* banner : application.window().findChildren<ui::Banner*>()) {
        if (!banner->sentence().isEmpty() && banner->isVisible()) {
            return banner;
        }
    }
    return nullptr;
}

bool isServing(Application& application) {
    return QTest::qWaitFor(
        [&] {
            return !application.backend().facts().bootstrap.isEmpty() &&
                   application.backend().live().current()->takenAt.value > 0;
        },
        20'000);
}

}  // namespace

class TstApplication : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        qputenv("XDG_CONFIG_HOME", m_dir->filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_DATA_HOME", m_dir->filePath(QStringLiteral("share")).toUtf8());
    }
    void cleanup() { m_dir.reset(); }

    void aSecondProgramEndsByItselfAndSaysWhy() {
        const QStringList arguments{QStringLiteral("--data"), m_dir->filePath(QStringLiteral("data")),
                                    QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0")};
        QProcess first;
        first.start(QStringLiteral(WEIR_PROGRAM), arguments);
        QByteArray said;
        QVERIFY(
            QTest::qWaitFor([&] { return (said += first.readAllStandardOutput()).contains("listening on"); }, 30'000));
        QProcess second;
        QElapsedTimer took;
        took.start();
        second.start(QStringLiteral(WEIR_PROGRAM), arguments);
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 30'000);
        qInfo("the second ended by itself after %lld ms", static_cast<long long>(took.elapsed()));
        QCOMPARE(second.exitCode(), 0);
        QVERIFY(second.readAllStandardOutput().contains("Weir is open already"));
        QCOMPARE(first.state(), QProcess::Running);
        first.terminate();
        QVERIFY(first.waitForFinished(30'000));
        QCOMPARE(first.exitCode(), 0);
    }

    void aBusyPortNamesItsOwnerAndOffersTheNextFreeOne() {
        const TakenPort taken;
        QVERIFY(taken.port() != 0);
        Application application(optionsFor(*m_dir, taken.port()));
        application.show();
        QTRY_VERIFY_WITH_TIMEOUT(
            bannerOf(application) != nullptr && bannerOf(application)->sentence().startsWith(QStringLiteral("Port ")),
            20'000);
        const QString sentence = bannerOf(application)->sentence();
        QVERIFY2(sentence.contains(QStringLiteral("Port %1").arg(taken.port())), qPrintable(sentence));
        QVERIFY2(sentence.contains(QStringLiteral("(pid %1)").arg(::getpid())), qPrintable(sentence));
        auto* const button = bannerOf(application)->findChild<QPushButton*>();
        QVERIFY(button->text().startsWith(QStringLiteral("Use port ")));
        const QString port = button->text().mid(9);
        QVERIFY(port.toInt() > 0 && port.toInt() != taken.port());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(application.backend().facts().bootstrap.endsWith(QLatin1Char(':') + port), 20'000);
        QVERIFY(isServing(application));
        QTRY_VERIFY(application.backend().live().staleReason().isEmpty());
    }

    void aFolderThatAnotherBrokerHasLeavesNoHalfDeadWindow() {
        const ApplicationOptions options = optionsFor(*m_dir);
        auto other = api::Broker::start(options.broker);
        QVERIFY(other);
        ApplicationOptions same = optionsFor(*m_dir, (*other)->port());
        Application application(std::move(same));
        application.show();
        const auto standIn = [&] {
            return application.window().centralWidget()->findChild<ui::EmptyState*>({}, Qt::FindDirectChildrenOnly);
        };
        QTRY_VERIFY_WITH_TIMEOUT(standIn() != nullptr, 20'000);
        const QString sentence = standIn()->accessibleName();
        QVERIFY2(sentence.contains(QStringLiteral("in use by")), qPrintable(sentence));
        QVERIFY2(sentence.contains(QStringLiteral("(process %1)").arg(::getpid())), qPrintable(sentence));
        QVERIFY(!application.window().workspace().isVisible());
        const auto button = [&](const char* words) {
            for (auto* each : standIn()->findChildren<QPushButton*>()) {
                if (each->text().startsWith(QLatin1String(words))) {
                    return each;
                }
            }
            return static_cast<QPushButton*>(nullptr);
        };
        QCOMPARE(standIn()->findChildren<QPushButton*>().size(), 4);
        // Not its address: the next one may be made where it was.
        const QPointer<QPushButton> before = button("Try again");
        QTest::mouseClick(before, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(before.isNull() && standIn() != nullptr, 20'000);
        // The broker that runs says where it is, and is looked into like any other cluster.
        NewTopic topic;
        topic.name = "inside";
        topic.partitions = 1;
        QVERIFY((*other)->createTopic(topic).ok());
        QTest::mouseClick(button("Look into it"), Qt::LeftButton);
        QTRY_VERIFY(application.remotes().backend(QStringLiteral("running")) != nullptr);
        QVERIFY(!application.window().isVisible());
        ui::LiveFeed& live = application.remotes().backend(QStringLiteral("running"))->live();
        QTRY_VERIFY_WITH_TIMEOUT(live.current()->findTopic("inside") != nullptr, 20'000);
        application.raise();
        (*other)->stop();
        (*other).reset();
        QTest::mouseClick(button("Try again"), Qt::LeftButton);
        QVERIFY(isServing(application));
        QVERIFY(application.window().workspace().isVisible());
        QVERIFY(standIn() == nullptr);
    }

    void theSecondWindowRaisesTheFirst() {
        const QString path = m_dir->filePath(QStringLiteral("meet"));
        auto first = std::make_unique<SingleWindow>(path);
        QVERIFY(!first->isSecond());
        QSignalSpy raised(first.get(), &SingleWindow::raiseRequested);
        const SingleWindow second(path);
        QVERIFY(second.isSecond());
        QTRY_COMPARE(raised.count(), 1);
        first.reset();
        const SingleWindow third(path);
        QVERIFY(!third.isSecond());
    }

    void whatAKilledWindowLeftIsTakenOver() {
        const QString path = m_dir->filePath(QStringLiteral("meet"));
        QFile left(path);
        QVERIFY(left.open(QIODevice::WriteOnly));
        left.close();
        const SingleWindow first(path);
        QVERIFY(!first.isSecond());
        const SingleWindow second(path);
        QVERIFY(second.isSecond());
    }

    void aPathTooLongForASocketIsNoTrouble() {
        const SingleWindow first(m_dir->filePath(QString(200, QLatin1Char('x'))));
        QVERIFY(!first.isSecond());
    }

    void unusableSettingsOpenADefaultWindow_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("damaged") << QByteArray("\x00\xff[[[\n=\x01", 9);
        QTest::newRow("newer") << QByteArray("[weir]\nversion=999\n[shell]\nsession=@Variant(\\0)\n");
        QTest::newRow("a session of another shape")
            << QByteArray("[weir]\nversion=1\n[shell]\nsession=many\ngeometry=no geometry\n");
    }
    void unusableSettingsOpenADefaultWindow() {
        QFETCH(QByteArray, content);
        QFile file(standardFolders().config + QStringLiteral("/weir.ini"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        Application application(optionsFor(*m_dir));
        application.show();
        QVERIFY(isServing(application));
        QVERIFY(application.window().workspace().tabCount() >= 1);
        QVERIFY(application.window().width() >= 640);
        QCOMPARE(QFile::exists(file.fileName() + QStringLiteral(".kept")), !content.contains("version=1\n"));
    }

    void theSessionComesBackAfterARestart() {
        {
            Application application(optionsFor(*m_dir));
            application.show();
            QVERIFY(isServing(application));
            ui::NavigationTarget target;
            target.kind = ui::PageKind::kGroups;
            application.window().go(target);
            application.window().close();
        }
        Application application(optionsFor(*m_dir));
        application.show();
        QVERIFY(isServing(application));
        QCOMPARE(application.window().workspace().tabCount(), 2);
        QCOMPARE(application.window().workspace().currentPage()->name(), QStringLiteral("groups"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_dir;
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const weir::ui::Theme theme(app);
    TstApplication test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_application.moc"
