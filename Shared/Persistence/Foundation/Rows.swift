public import DomainModel
public import Postgres

// How the domain's values lie in columns.

extension PostgresRow {
    /// A typed id.
    func id<Entity>(_ column: String, of _: Entity.Type = Entity.self) throws(PostgresError) -> ID<Entity> {
        ID(rawValue: try decode(column, as: Int64.self))
    }

    /// A typed id that may be null.
    func id<Entity>(ifAny column: String, of _: Entity.Type = Entity.self) throws(PostgresError) -> ID<Entity>? {
        try decode(column, as: Int64?.self).map { ID(rawValue: $0) }
    }

    /// A closed set of words.
    func word<Word: RawRepresentable<String>>(
        _ column: String,
        as _: Word.Type = Word.self
    ) throws(PostgresError) -> Word {
        guard let word = Word(rawValue: try decode(column, as: String.self)) else {
            throw .decoding(column: column, reason: "the value is none that \(Word.self) knows")
        }
        return word
    }

    /// A closed set of words, or null.
    func word<Word: RawRepresentable<String>>(
        ifAny column: String,
        as _: Word.Type = Word.self
    ) throws(PostgresError) -> Word? {
        guard try decode(column, as: String?.self) != nil else { return nil }
        return try word(column, as: Word.self)
    }

    /// A currency's code.
    func currency(_ column: String = "currency") throws(PostgresError) -> Currency {
        guard let currency = Currency(code: try decode(column, as: String.self)) else {
            throw .decoding(column: column, reason: "the value is no currency")
        }
        return currency
    }

    /// An amount; exact, so an amount finer than its currency is an error.
    func money(_ column: String, in currency: Currency) throws(PostgresError) -> Money {
        guard let money = Money(try decode(column, as: PostgresNumeric.self), in: currency) else {
            throw .decoding(column: column, reason: "the amount is finer than \(currency.code) or too large")
        }
        return money
    }

    /// An amount, or null.
    func money(ifAny column: String, in currency: Currency) throws(PostgresError) -> Money? {
        guard try decode(column, as: PostgresNumeric?.self) != nil else { return nil }
        return try money(column, in: currency)
    }

    /// A ratio.
    func ratio(_ column: String) throws(PostgresError) -> Ratio {
        let number = try decode(column, as: PostgresNumeric.self)
        guard let ratio = Ratio(unscaled: number.unscaled, scale: number.scale) else {
            throw .decoding(column: column, reason: "the value is no ratio")
        }
        return ratio
    }

    /// A day.
    func day(_ column: String) throws(PostgresError) -> CalendarDay {
        guard let day = CalendarDay(try decode(column, as: PostgresDay.self)) else {
            throw .decoding(column: column, reason: "the value is no day")
        }
        return day
    }

    /// A day, or null.
    func day(ifAny column: String) throws(PostgresError) -> CalendarDay? {
        guard try decode(column, as: PostgresDay?.self) != nil else { return nil }
        return try day(column)
    }

    /// An e-mail address.
    func email(_ column: String) throws(PostgresError) -> EmailAddress {
        guard let address = EmailAddress(try decode(column, as: String.self)) else {
            throw .decoding(column: column, reason: "the value is no e-mail address")
        }
        return address
    }

    /// A JSON document as a type.
    func json<Value: Decodable>(_ column: String, as _: Value.Type = Value.self) throws -> Value {
        try decode(column, as: PostgresJSON.self).decode(Value.self)
    }
}

extension Money {
    /// An amount as a column has it, whatever the column's scale.
    init?(_ number: PostgresNumeric, in currency: Currency) {
        var (unscaled, scale) = (number.unscaled, number.scale)
        while scale > currency.exponent {
            guard unscaled.isMultiple(of: 10) else { return nil }
            unscaled /= 10
            scale -= 1
        }
        while scale < currency.exponent {
            let (product, overflow) = unscaled.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            unscaled = product
            scale += 1
        }
        self.init(minor: unscaled, currency: currency)
    }

    /// The amount for a numeric column; its currency goes into a column of its own.
    var numeric: PostgresNumeric { PostgresNumeric(unscaled: minor, scale: currency.exponent) }
}

extension Ratio {
    /// The ratio for a numeric column.
    var numeric: PostgresNumeric { PostgresNumeric(unscaled: unscaled, scale: scale) }
}

extension CalendarDay {
    /// A day as a column has it.
    public init?(_ day: PostgresDay) {
        self.init(year: day.year, month: day.month, day: day.day)
    }

    /// The day for a date column.
    public var postgres: PostgresDay { PostgresDay(year: year, month: month, day: day) }
}

extension PostgresRows {
    /// The only row of a statement that always gives one.
    func only() throws(PostgresError) -> PostgresRow {
        guard let row = first else { throw .decoding(column: "*", reason: "a row was expected and none came") }
        return row
    }
}
