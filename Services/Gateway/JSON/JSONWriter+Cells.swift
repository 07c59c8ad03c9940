/// PostgreSQL's binary formats as JSON. The numbers are the types' OIDs in `pg_type`.
extension JSONWriter {
    /// - Parameter scale: the decimals to show, for money.
    /// - Returns: whether the type is known here.
    mutating func cell(_ bytes: UnsafeRawBufferPointer, type: UInt32, scale: Int?) -> Bool {
        switch type {
        case 20: integer(bytes.bigEndian(0, as: Int64.self))
        case 23: integer(Int64(bytes.bigEndian(0, as: Int32.self)))
        case 21: integer(Int64(bytes.bigEndian(0, as: Int16.self)))
        case 16: bool(bytes[0] != 0)
        case 25, 1043, 1042, 19: string(bytes.bindMemory(to: UInt8.self))
        case 3802: raw(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self).dropFirst()))
        case 114: raw(bytes.bindMemory(to: UInt8.self))
        case 1700: return numeric(bytes, scale: scale)
        case 1184: moment(bytes.bigEndian(0, as: Int64.self))
        case 1082: day(Int(bytes.bigEndian(0, as: Int32.self)))
        case 701: raw(String(Double(bitPattern: bytes.bigEndian(0, as: UInt64.self))))
        default: return false
        }
        return true
    }

    /// Decimal digits, without a `String` in between.
    private mutating func integer(_ number: Int64) {
        withDigits(of: number.magnitude, atLeast: 1) { writer, digits in
            writer.beginToken()
            if number < 0 { writer.append(UInt8(ascii: "-")) }
            writer.append(digits)
        }
    }

    /// Count of base-10,000 digits, weight of the first, sign, scale, digits. Shown as a string: `"399.00"`.
    private mutating func numeric(_ bytes: UnsafeRawBufferPointer, scale wanted: Int?) -> Bool {
        let count = Int(bytes.bigEndian(0, as: UInt16.self))
        let weight = Int(bytes.bigEndian(2, as: Int16.self))
        let sign = bytes.bigEndian(4, as: UInt16.self)
        let scale = Int(bytes.bigEndian(6, as: UInt16.self))
        // Four groups are below 10^16; amounts have at most eleven digits before the point and four behind it.
        guard sign == 0 || sign == 0x4000, count <= 4 else { return false }
        var number: UInt64 = 0
        for index in 0..<count { number = number * 10_000 + UInt64(bytes.bigEndian(8 + 2 * index, as: UInt16.self)) }
        let shown = wanted ?? scale
        var exponent = (weight - count + 1) * 4 + shown
        while exponent > 0, number != 0 {
            number *= 10
            exponent -= 1
        }
        while exponent < 0, number != 0 {
            // A digit that the currency does not have is shown rather than dropped.
            guard number.isMultiple(of: 10) else { return numeric(bytes, scale: shown + 1) }
            number /= 10
            exponent += 1
        }
        withDigits(of: number, atLeast: shown + 1) { writer, digits in
            writer.beginToken()
            writer.append(UInt8(ascii: "\""))
            if sign != 0 { writer.append(UInt8(ascii: "-")) }
            writer.append(UnsafeBufferPointer(rebasing: digits[..<(digits.count - shown)]))
            if shown > 0 {
                writer.append(UInt8(ascii: "."))
                writer.append(UnsafeBufferPointer(rebasing: digits[(digits.count - shown)...]))
            }
            writer.append(UInt8(ascii: "\""))
        }
        return true
    }

    /// Microseconds since 2000 as RFC 3339 in UTC, with as many decimals as there are.
    private mutating func moment(_ microseconds: Int64) {
        let (day, ofDay) = microseconds.dividedDown(by: 86_400_000_000)
        beginToken()
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
            withDigits(of: fraction, atLeast: width) { writer, digits in writer.append(digits) }
        }
        append(UInt8(ascii: "Z"))
        append(UInt8(ascii: "\""))
    }

    private mutating func day(_ days: Int) {
        beginToken()
        append(UInt8(ascii: "\""))
        civil(days)
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
        withDigits(of: UInt64(clamping: year), atLeast: 4) { writer, digits in writer.append(digits) }
        append(UInt8(ascii: "-"))
        two(month < 10 ? month + 3 : month - 9)
        append(UInt8(ascii: "-"))
        two(dayOfYear - (153 * month + 2) / 5 + 1)
    }

    private mutating func two(_ number: Int) {
        append(UInt8(ascii: "0") + UInt8(number / 10))
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    private mutating func withDigits(
        of number: UInt64,
        atLeast width: Int,
        _ body: (inout JSONWriter, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            var position = 32
            var rest = number
            repeat {
                position -= 1
                buffer[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0 || (32 - position < width && position > 0)
            body(&self, UnsafeBufferPointer(rebasing: buffer[position...]))
        }
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
