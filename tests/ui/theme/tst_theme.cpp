// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFontMetrics>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "ui/theme/theme.h"

using namespace weir::ui;

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsLegibleOnEverySurface_data();
    void textIsLegibleOnEverySurface();
    void graphicsStandOutFromTheirSurface();
    void seriesColoursDiffer();
    void figuresAreTabular();
    void codeHasNoLigatures();
    void schemeSwitchesLive();
    void presenterIsLarger();
    void iconFollowsTheTheme();
    void everyFontRoleIsEmbedded();
};

static const Scheme kSchemes[] = {Scheme::kDark, Scheme::kLight, Scheme::kHighContrast};

void TestTheme::textIsLegibleOnEverySurface_data() {
    QTest::addColumn<int>("scheme");
    QTest::newRow("dark") << 0;
    QTest::newRow("light") << 1;
    QTest::newRow("high contrast") << 2;
}

void TestTheme::textIsLegibleOnEverySurface() {
    QFETCH(int, scheme);
    const Tokens& t = tokensOf(kSchemes[scheme]);
    const Tint surfaces[] = {Tint::kWindow, Tint::kPanel, Tint::kRaised, Tint::kControl, Tint::kHover, Tint::kSelected};
    const Tint texts[] = {Tint::kText, Tint::kTextSecondary, Tint::kOkText, Tint::kWarnText, Tint::kBadText};
    const auto check = [&](Tint text, Tint surface) {
        const double ratio = contrastRatio(t[text], t[surface]);
        QVERIFY2(ratio >= 4.5,
                 qPrintable(QStringLiteral("%1 on %2: %3").arg(t[text].name(), t[surface].name()).arg(ratio)));
    };
    for (const Tint surface : surfaces) {
        for (const Tint text : texts) {
            check(text, surface);
        }
    }
    for (const Tint text :
         {Tint::kJsonKey, Tint::kJsonString, Tint::kJsonNumber, Tint::kJsonLiteral, Tint::kJsonPunctuation}) {
        check(text, Tint::kPanel);
        check(text, Tint::kWindow);
    }
    check(Tint::kOnAccent, Tint::kAccentFill);
    check(Tint::kOnAccent, Tint::kBadFill);
}

void TestTheme::graphicsStandOutFromTheirSurface() {
    for (const Scheme scheme : kSchemes) {
        const Tokens& t = tokensOf(scheme);
        for (const Tint surface : {Tint::kWindow, Tint::kPanel}) {
            for (const Tint tint : {Tint::kAccent, Tint::kOk, Tint::kWarn, Tint::kBad, Tint::kIn, Tint::kOut}) {
                QVERIFY2(contrastRatio(t[tint], t[surface]) >= 3.0, qPrintable(t[tint].name()));
            }
            for (const QRgb series : t.series) {
                QVERIFY2(contrastRatio(QColor(series), t[surface]) >= 3.0, qPrintable(QColor(series).name()));
            }
        }
    }
}

void TestTheme::seriesColoursDiffer() {
    for (const Scheme scheme : kSchemes) {
        const auto& series = tokensOf(scheme).series;
        for (std::size_t i = 0; i < series.size(); ++i) {
            for (std::size_t j = i + 1; j < series.size(); ++j) {
                QVERIFY(series[i] != series[j]);
            }
        }
    }
    QVERIFY(Theme::seriesPen(0) != Theme::seriesPen(10));
    QCOMPARE(Theme::of().seriesColor(3), Theme::of().seriesColor(13));
}

void TestTheme::figuresAreTabular() {
    const QFontMetricsF metrics(Theme::of().font(FontRole::kBody));
    for (const QChar digit : QStringLiteral("023456789")) {
        QCOMPARE(metrics.horizontalAdvance(digit), metrics.horizontalAdvance(QLatin1Char('1')));
    }
}

void TestTheme::codeHasNoLigatures() {
    const QFontMetricsF metrics(Theme::of().font(FontRole::kMono));
    QCOMPARE(metrics.horizontalAdvance(QStringLiteral("!==>")), 4 * metrics.horizontalAdvance(QLatin1Char('m')));
}

void TestTheme::schemeSwitchesLive() {
    Theme& theme = Theme::of();
    theme.setChoice(SchemeChoice::kDark);
    QSignalSpy changed(&theme, &Theme::changed);
    theme.setChoice(SchemeChoice::kLight);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(QApplication::palette().color(QPalette::Window), theme.color(Tint::kWindow));
    QCOMPARE(theme.color(Tint::kWindow), tokensOf(Scheme::kLight)[Tint::kWindow]);
    theme.setChoice(SchemeChoice::kLight);
    QCOMPARE(changed.size(), 1);
}

void TestTheme::presenterIsLarger() {
    Theme& theme = Theme::of();
    theme.setDensity(Density::kNormal);
    const int row = theme.rowHeight();
    const int pixels = theme.font(FontRole::kBody).pixelSize();
    QPushButton button(QStringLiteral("Create topic"));
    QCOMPARE(button.sizeHint().height(), 28);
    theme.setDensity(Density::kPresenter);
    QVERIFY(theme.rowHeight() > row);
    QVERIFY(theme.font(FontRole::kBody).pixelSize() > pixels);
    theme.setDensity(Density::kNormal);
}

void TestTheme::iconFollowsTheTheme() {
    Theme& theme = Theme::of();
    const auto inkOf = [](const QIcon& icon) {
        const QImage image = icon.pixmap(QSize(20, 20), 1.0).toImage().convertToFormat(QImage::Format_ARGB32);
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, y)) == 255) {
                    return QColor(image.pixel(x, y));
                }
            }
        }
        return QColor();
    };
    theme.setChoice(SchemeChoice::kDark);
    const QIcon icon = theme.icon(QStringLiteral("stop"), Tint::kBad);
    QCOMPARE(inkOf(icon), tokensOf(Scheme::kDark)[Tint::kBad]);
    theme.setChoice(SchemeChoice::kLight);
    QCOMPARE(inkOf(icon), tokensOf(Scheme::kLight)[Tint::kBad]);
    QVERIFY(tintedIcon(QStringLiteral("no-such-icon"), QSize(20, 20), Qt::red, 1.0).isNull());
}

void TestTheme::everyFontRoleIsEmbedded() {
    QVERIFY(QFontInfo(Theme::of().font(FontRole::kBody)).family().startsWith(QStringLiteral("Weir Sans")));
    QVERIFY(QFontInfo(Theme::of().font(FontRole::kMono)).family().startsWith(QStringLiteral("Weir Mono")));
    QCOMPARE(QFontInfo(Theme::of().font(FontRole::kTitle)).weight(), static_cast<int>(QFont::DemiBold));
}

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const Theme theme(app);
    TestTheme test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_theme.moc"
