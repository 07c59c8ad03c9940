import Foundation

/// A moment on the wire: `2026-09-17T08:00:00Z`, with or without parts of a second.
struct Moment: Codable, Hashable {
    let date: Date

    init(_ date: Date) {
        self.date = date
    }

    /// - Returns: nil for anything but a date with time and zone.
    init?(_ text: String) {
        let whole = try? Date(text, strategy: .iso8601)
        let parted = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        guard let date = whole ?? parted else { return nil }
        self.date = date
    }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let moment = Moment(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is no moment")
            )
        }
        self = moment
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    var text: String {
        date == date.roundedDown
            ? date.formatted(.iso8601) : date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension Date {
    /// The whole second at or before.
    var roundedDown: Date { Date(timeIntervalSinceReferenceDate: timeIntervalSinceReferenceDate.rounded(.down)) }

    /// The whole second at or after: a clock that stands on whole seconds never stands just before what it jumps to.
    var roundedUp: Date { Date(timeIntervalSinceReferenceDate: timeIntervalSinceReferenceDate.rounded(.up)) }
}
