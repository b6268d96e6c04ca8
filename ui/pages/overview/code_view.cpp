// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/code_view.h"

#include <QRegularExpression>

#include "ui/theme/theme.h"

namespace weir::ui {
namespace {

const QRegularExpression& tokens() {
    static const QRegularExpression expression(QStringLiteral(
        R"((?<string>"(?:[^"\\]|\\.)*")|(?<comment>(?:^|(?<=\s))(?://|#\s).*$)|(?<number>\b\d+(?:\.\d+)?\b))"
        R"(|(?<word>\b(?:var|new|try|while|for|if|import|from|not|and|True|print|defer|func|nil|const|await|async)"
        R"(|using|let|loop|true|echo|kcat|println)\b))"));
    return expression;
}

}  // namespace

void CodeHighlighter::highlightBlock(const QString& text) {
    const Theme& theme = Theme::of();
    auto matches = tokens().globalMatch(text);
    while (matches.hasNext()) {
        const auto match = matches.next();
        const Tint tint = !match.captured(QStringLiteral("string")).isEmpty()    ? Tint::kJsonString
                          : !match.captured(QStringLiteral("comment")).isEmpty() ? Tint::kTextSecondary
                          : !match.captured(QStringLiteral("number")).isEmpty()  ? Tint::kJsonNumber
                                                                                 : Tint::kJsonLiteral;
        setFormat(static_cast<int>(match.capturedStart()), static_cast<int>(match.capturedLength()), theme.color(tint));
    }
}

CodeView::CodeView(QWidget* parent) : QPlainTextEdit(parent) {
    setReadOnly(true);
    setLineWrapMode(NoWrap);
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setAccessibleName(tr("Code"));
    document()->setDocumentMargin(0);
    m_highlighter = new CodeHighlighter(document());
    const auto look = [this] {
        setFont(Theme::of().font(FontRole::kMono));
        viewport()->setAutoFillBackground(false);
        m_highlighter->rehighlight();
    };
    look();
    connect(&Theme::of(), &Theme::changed, this, look);
}

void CodeView::setCode(const QString& code) {
    setPlainText(code);
}

}  // namespace weir::ui
