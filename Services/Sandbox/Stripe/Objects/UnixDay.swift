/// Calendar arithmetic on Unix seconds (UTC), for the few fields that name a month.
enum UnixDay {
    static let seconds: Int64 = 86_400

    /// The proleptic Gregorian month (civil-from-days; March-based years in eras of 400).
    static func month(of unix: Int64) -> (year: Int64, month: Int64) {
        let days = (unix >= 0 ? unix / seconds : (unix - seconds + 1) / seconds) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
    }
}
