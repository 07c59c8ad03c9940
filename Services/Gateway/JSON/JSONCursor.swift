/// Writes PostgreSQL's binary values as JSON into memory that the caller has made large enough: ``room(for:length:)``
/// tells how large. Between a server's bytes and an answer's stand no allocation and no value.
struct JSONCursor {
    private(set) var next: UnsafeMutablePointer<UInt8>

    init(at start: UnsafeMutablePointer<UInt8>) {
        next = start
    }

    mutating func append(_ byte: UInt8) {
        next.pointee = byte
        next += 1
    }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return }
        next.update(from: base, count: text.count)
        next += text.count
    }

    mutating func append(_ text: StaticString) {
        next.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        next += text.utf8CodeUnitCount
    }
}

/// How a column is written, settled once for all rows of a result.
enum JSONFormat {
    case int64, int32, int16, double, boolean, text, json, jsonb, numeric, moment, day

    /// By the type's OID in `pg_type`; nil for a type that has no JSON form here.
    init?(type: UInt32) {
        switch type {
        case 20: self = .int64
        case 23: self = .int32
        case 21: self = .int16
        case 16: self = .boolean
        case 25, 1043, 1042, 19: self = .text
        case 3802: self = .jsonb
        case 114: self = .json
        case 1700: self = .numeric
        case 1184: self = .moment
        case 1082: self = .day
        case 701: self = .double
        default: return nil
        }
    }

    /// No value is written in more bytes than so many; nil where that depends on its length.
    var fixedRoom: Int? {
        switch self {
        case .text, .json, .jsonb: nil
        default: 64
        }
    }

    /// No value of this many bytes is written in more than so many.
    func room(length: Int) -> Int {
        // Each byte of a text may become \u00xx.
        fixedRoom ?? (self == .text ? 6 * length + 2 : length)
    }
}

extension JSONCursor {
    /// - Parameter scale: the decimals to show, for money.
    /// - Returns: false for a number that is larger than any amount or count of ours.
    mutating func cell(_ bytes: UnsafeRawBufferPointer, _ format: JSONFormat, scale: Int?) -> Bool {
        switch format {
        case .int64: integer(bytes.bigEndian(0, as: Int64.self))
        case .int32: integer(Int64(bytes.bigEndian(0, as: Int32.self)))
        case .int16: integer(Int64(bytes.bigEndian(0, as: Int16.self)))
        case .boolean: append(bytes[0] != 0 ? "true" : "false")
        case .text: string(bytes.bindMemory(to: UInt8.self))
        case .jsonb: append(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self).dropFirst()))
        case .json: append(bytes.bindMemory(to: UInt8.self))
        case .numeric: return numeric(bytes, scale: scale)
        case .moment: moment(bytes.bigEndian(0, as: Int64.self))
        case .day:
            append(UInt8(ascii: "\""))
            civil(Int(bytes.bigEndian(0, as: Int32.self)))
            append(UInt8(ascii: "\""))
        case .double:
            var text = String(Double(bitPattern: bytes.bigEndian(0, as: UInt64.self)))
            text.withUTF8 { append($0) }
        }
        return true
    }

    mutating func integer(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        digits(of: number.magnitude, atLeast: 1)
    }

    mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        var clean = 0
        for index in 0..<text.count {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            append(UnsafeBufferPointer(rebasing: text[clean..<index]))
            clean = index + 1
            append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
            case 10: append(UInt8(ascii: "n"))
            case 13: append(UInt8(ascii: "r"))
            case 9: append(UInt8(ascii: "t"))
            default:
                append("u00")
                append(Self.hex(byte >> 4))
                append(Self.hex(byte & 15))
            }
        }
        append(UnsafeBufferPointer(rebasing: text[clean...]))
        append(UInt8(ascii: "\""))
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    /// Count of base-10,000 digits, weight of the first, sign, scale, digits. Shown as a string: `"399.00"`.
    private mutating func numeric(_ bytes: UnsafeRawBufferPointer, scale wanted: Int?) -> Bool {
        let count = Int(bytes.bigEndian(0, as: UInt16.self))
        let weight = Int(bytes.bigEndian(2, as: Int16.self))
        let sign = bytes.bigEndian(4, as: UInt16.self)
        // Four groups are below 10^16; amounts have at most eleven digits before the point and four behind it.
        guard sign == 0 || sign == 0x4000, count <= 4 else { return false }
        var number: UInt64 = 0
        for index in 0..<count { number = number * 10_000 + UInt64(bytes.bigEndian(8 + 2 * index, as: UInt16.self)) }
        var shown = wanted ?? Int(bytes.bigEndian(6, as: UInt16.self))
        var exponent = (weight - count + 1) * 4 + shown
        while exponent < 0, number != 0 {
            if number.isMultiple(of: 10) {
                number /= 10
            } else {
                // A digit that the currency does not have is shown rather than dropped.
                shown += 1
            }
            exponent += 1
        }
        guard shown < 32 else { return false }
        while exponent > 0, number != 0 {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            if overflow { return false }
            number = product
            exponent -= 1
        }
        append(UInt8(ascii: "\""))
        if sign != 0 { append(UInt8(ascii: "-")) }
        digits(of: number, atLeast: shown + 1, point: shown)
        append(UInt8(ascii: "\""))
        return true
    }

    /// Microseconds since 2000 as RFC 3339 in UTC, with as many decimals as there are.
    private mutating func moment(_ microseconds: Int64) {
        let (day, ofDay) = microseconds.dividedDown(by: 86_400_000_000)
        append(UInt8(ascii: "\""))
        civil(Int(day))
        append(UInt8(ascii: "T"))
        let seconds = Int(ofDay / 1_000_000)
        two(seconds / 3600)
        append(UInt8(ascii: ":"))
        two(seconds / 60 % 60)
        append(UInt8(ascii: ":"))
        two(seconds % 60)
        var fraction = UInt64(ofDay % 1_000_000)
        if fraction > 0 {
            var width = 6
            while fraction.isMultiple(of: 10) {
                fraction /= 10
                width -= 1
            }
            append(UInt8(ascii: "."))
            digits(of: fraction, atLeast: width)
        }
        append(UInt8(ascii: "Z"))
        append(UInt8(ascii: "\""))
    }

    /// Howard Hinnant's civil_from_days, from days since 2000.
    private mutating func civil(_ days: Int) {
        let shifted = days + 10_957 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        digits(of: UInt64(clamping: year), atLeast: 4)
        append(UInt8(ascii: "-"))
        two(month < 10 ? month + 3 : month - 9)
        append(UInt8(ascii: "-"))
        two(dayOfYear - (153 * month + 2) / 5 + 1)
    }

    private mutating func two(_ number: Int) {
        next[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10)
        next[1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
        next += 2
    }

    /// Decimal digits with zeros before them up to a width, and a point before the last ones where that is asked for.
    private mutating func digits(of number: UInt64, atLeast width: Int, point decimals: Int = 0) {
        var count = 1
        var limit = number
        while limit > 9 {
            limit /= 10
            count += 1
        }
        count = max(count, width)
        let length = decimals > 0 ? count + 1 : count
        var rest = number
        for position in stride(from: length - 1, through: 0, by: -1) {
            if decimals > 0, position == length - 1 - decimals {
                next[position] = UInt8(ascii: ".")
            } else {
                next[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        next += length
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func bigEndian<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}

extension Int64 {
    fileprivate func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
