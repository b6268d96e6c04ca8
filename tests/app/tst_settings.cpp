// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/settings/app_settings.h"
#include "app/settings/keys.h"
#include "app/settings/settings_file.h"

using namespace weir::app;

class TstSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void valuesComeBackWithTheirTypes() {
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("weir.ini"));
        QVERIFY(loadSettings(path).values.isEmpty());
        const QVariantMap values{{"topics/columns", QStringList{"a", "b"}},
                                 {"window/geometry", QByteArray("\x01\x00\xff", 3)},
                                 {"window/theme", "dark"},
                                 {"plain", 7}};
        QVERIFY(saveSettings(path, values));
        const LoadedSettings loaded = loadSettings(path);
        QVERIFY(loaded.notice.isEmpty());
        QCOMPARE(loaded.values.value("topics/columns").toStringList(), (QStringList{"a", "b"}));
        QCOMPARE(loaded.values.value("window/geometry").toByteArray(), QByteArray("\x01\x00\xff", 3));
        QCOMPARE(loaded.values.value("plain").toInt(), 7);
        QCOMPARE(loaded.values.size(), 4);
        QVERIFY((QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther)) == 0);
    }

    void unusableFilesAreKeptAside_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("newer") << QByteArray("[weir]\nversion=99\n\n[window]\ntheme=dark\n") << QStringLiteral("newer");
        QTest::newRow("binary") << QByteArray(
                                       "\x7f"
                                       "ELF\0\0\0junk",
                                       11)
                                << QStringLiteral("damaged");
        QTest::newRow("foreign") << QByteArray("[window]\ntheme=dark\n") << QStringLiteral("damaged");
        QTest::newRow("cut") << QByteArray("[we") << QStringLiteral("damaged");
    }
    void unusableFilesAreKeptAside() {
        QFETCH(QByteArray, text);
        QFETCH(QString, why);
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("weir.ini"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const LoadedSettings loaded = loadSettings(path);
        QVERIFY(loaded.values.isEmpty());
        QVERIFY2(loaded.notice.contains(why), qPrintable(loaded.notice));
        QVERIFY(!QFile::exists(path));
        QFile kept(path + QStringLiteral(".kept"));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), text);
    }

    void aFolderThatRefusesIsToldNotIgnored() {
        QVERIFY(!saveSettings(QStringLiteral("/proc/nonexistent/weir.ini"), {{"a", 1}}));
    }

    void changesAreGatheredAndSavedOnce() {
        int saves = 0;
        QVariantMap saved;
        AppSettings settings({}, [&](const QVariantMap& values) {
            ++saves;
            saved = values;
        });
        QSignalSpy changed(&settings, &weir::ui::Settings::changed);
        for (int i = 0; i < 100; ++i) {
            settings.setValue(QStringLiteral("splitter"), i);
        }
        settings.setValue(QStringLiteral("splitter"), 99);
        QCOMPARE(changed.count(), 100);
        QCOMPARE(saves, 0);
        QTRY_COMPARE(saves, 1);
        QCOMPARE(saved.value("splitter").toInt(), 99);
        settings.setValue(QStringLiteral("x"), 1);
        settings.flush();
        QCOMPARE(saves, 2);
        settings.flush();
        QCOMPARE(saves, 2);
    }

    void typedKeysFallBackToTheirDefaults() {
        AppSettings settings({}, [](const QVariantMap&) {});
        QCOMPARE(valueOf(settings, kTheme), QStringLiteral("system"));
        setValueOf(settings, kTheme, QStringLiteral("dark"));
        QCOMPARE(valueOf(settings, kTheme), QStringLiteral("dark"));
        QCOMPARE(valueOf(settings, kRestoreSession), true);
    }
};

QTEST_GUILESS_MAIN(TstSettings)
#include "tst_settings.moc"
