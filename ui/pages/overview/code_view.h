// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <QSyntaxHighlighter>

namespace weir::ui {

/// Colours comments, strings, numbers and the words that most languages reserve. Not a parser: short, tidy snippets.
class CodeHighlighter : public QSyntaxHighlighter {
    Q_OBJECT

public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString& text) override;
};

/// Code to read and to copy, never to edit.
class CodeView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit CodeView(QWidget* parent = nullptr);
    void setCode(const QString& code);

private:
    CodeHighlighter* m_highlighter;
};

}  // namespace weir::ui
