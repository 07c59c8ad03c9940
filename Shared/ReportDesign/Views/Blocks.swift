/// The blocks that sections are made of (`Templates/README.md`).
enum Block {
    /// Few figures beside one another.
    static func tiles(_ tiles: [Tile]) -> View? {
        tiles.isEmpty ? nil : .object(["has_tiles": true, "tiles": .list(tiles.map(\.view))])
    }

    static func charts(_ charts: [View]) -> View? {
        charts.isEmpty ? nil : .object(["has_charts": true, "charts": .list(charts)])
    }

    static func text(_ subheading: String?, _ paragraphs: [String]) -> View? {
        paragraphs.isEmpty
            ? nil
            : .object([
                "text": .sparse([
                    "subheading": .text(ifAny: subheading), "paragraphs": .texts(paragraphs),
                ])
            ])
    }

    /// Items, each with a line of detail.
    static func list(_ subheading: String?, _ items: [(item: String, detail: String?)]) -> View? {
        items.isEmpty
            ? nil
            : .object([
                "list": .sparse([
                    "subheading": .text(ifAny: subheading),
                    "items": .list(
                        items.map { item in
                            .sparse(
                                ["item": .text(item.item), "detail": .text(ifAny: item.detail)]
                            )
                        }
                    ),
                ])
            ])
    }

    /// A table whose columns' widths add up to 100.
    static func table(_ subheading: String?, _ columns: [Column], _ rows: [[Cell]], more: String? = nil) -> View? {
        guard !rows.isEmpty else { return nil }
        return .object([
            "table": .sparse([
                "subheading": .text(ifAny: subheading),
                "columns": .list(
                    columns.map { column in
                        .sparse(
                            [
                                "column": .text(column.name), "width": .text("\(column.width)%"),
                                "is_right": .flag(if: column.isRight),
                            ]
                        )
                    }
                ),
                "rows": .list(
                    rows.map { cells in
                        .object([
                            "cells": .list(zip(cells, columns).map { $0.view(isRight: $1.isRight) })
                        ])
                    }
                ),
                "is_short": .flag(if: rows.count <= 8),
                "more": .text(ifAny: more),
            ])
        ])
    }

    /// A column of a table.
    struct Column {
        let name: String
        let width: Int
        var isRight = false

        init(_ name: String, _ width: Int, isRight: Bool = false) {
            self.name = name
            self.width = width
            self.isRight = isRight
        }
    }

    /// A cell.
    struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var href: String?
        var tone: Tone = .plain
        /// Of a name in other letters than ours.
        var language: String?

        init(_ text: String, href: String? = nil, tone: Tone = .plain, isName: Bool = false) {
            self.text = text
            // What is no web address is not linked: the renderer refuses others.
            self.href = href.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil }
            self.tone = tone
            language = isName ? NameLanguage.of(text) : nil
        }

        init(stringLiteral text: String) { self.init(text) }

        func view(isRight: Bool) -> View {
            .sparse(
                [
                    "cell": .text(text), "href": .text(ifAny: href), "cell_language": .text(ifAny: language),
                    "is_right": .flag(if: isRight), "is_good": .flag(if: tone == .good),
                    "is_bad": .flag(if: tone == .bad),
                ]
            )
        }
    }

    /// Whether a change is welcome.
    enum Tone {
        case plain, good, bad

        /// A number that should grow, or one that should not.
        init(of change: Int?, moreIsBetter: Bool = true) {
            guard let change, change != 0 else {
                self = .plain
                return
            }
            self = (change > 0) == moreIsBetter ? .good : .bad
        }
    }

    /// A figure with its change.
    struct Tile {
        var label: String
        var value: String
        var change: String
        var tone: Tone

        init(_ label: String, _ value: String, _ change: String = "", _ tone: Tone = .plain) {
            self.label = label
            self.value = value
            self.change = change
            self.tone = tone
        }

        var view: View {
            .sparse(
                [
                    "label": .text(label), "value": .text(value), "is_long": .flag(if: value.count > 11),
                    "change": .text(ifAny: change), "is_good": .flag(if: tone == .good),
                    "is_bad": .flag(if: tone == .bad),
                ]
            )
        }
    }
}
