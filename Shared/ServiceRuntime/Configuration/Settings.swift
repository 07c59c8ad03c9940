public import Configuration
import Foundation
import NIOConcurrencyHelpers

/// A strict reader over swift-configuration, whose own readers turn an unreadable value into the default without a word.
///
/// A value that is there and cannot be read throws; a value that is needed and not there throws; both say so in one
/// sentence (``ConfigurationError``). An empty value counts as not there. What was read can be printed, secrets masked:
/// ``described``. Names are those of the environment, `IGNY8_DATABASE_URL`; a provider that is not the environment sees
/// them as `igny8.database.url`.
///
/// ```swift
/// struct GatewayConfiguration {
///     let port: Int
///     let tokenKey: [UInt8]
///     init(_ settings: Settings) throws(ConfigurationError) {
///         port = try settings.integer("IGNY8_HTTP_PORT", in: 1...65535, default: 8080)
///         tokenKey = try settings.key("IGNY8_TOKEN_KEY", bytes: 32...)
///     }
/// }
/// ```
public final class Settings: Sendable {
    private let reader: ConfigReader
    private let readings = NIOLockedValueBox<[String: String]>([:])

    /// The environment of this process.
    public static var process: Settings { Settings(ConfigReader(provider: EnvironmentVariablesProvider())) }

    /// Any source that swift-configuration can read.
    public init(_ reader: ConfigReader) {
        self.reader = reader
    }

    /// Given values, for tests and for tools that start a service in their own process.
    public convenience init(_ values: [String: String]) {
        self.init(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values)))
    }

    /// What has been read so far, by variable, with secrets masked: what a service prints at its start.
    public var described: [(variable: String, value: String)] {
        readings.withLockedValue { $0 }.sorted { $0.key < $1.key }.map { (variable: $0.key, value: $0.value) }
    }

    /// The value as it stands, or nil when it is not there or empty.
    func raw(_ variable: String, isSecret: Bool) -> String? {
        let key = ConfigKey(variable.lowercased().split(separator: "_").map(String.init))
        guard let value = reader.string(forKey: key, isSecret: isSecret), !value.isEmpty else { return nil }
        return value
    }

    /// Notes what will be printed for a variable.
    func note(_ variable: String, _ shown: String) {
        readings.withLockedValue { $0[variable] = shown }
    }

    /// The one path of every reader: find, parse, note.
    ///
    /// - Parameters:
    ///   - expected: completes the sentence "… : expected …".
    ///   - isSecret: a secret's value is neither printed nor quoted in an error.
    ///   - fallback: the value when the variable is not there; nil makes it required.
    ///   - shown: how the value is printed; nil prints it as it was written.
    ///   - parse: nil refuses the value.
    public func value<Value>(
        _ variable: String,
        expected: String,
        isSecret: Bool = false,
        default fallback: Value? = nil,
        shown: ((Value) -> String)? = nil,
        parse: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        guard let raw = raw(variable, isSecret: isSecret) else {
            guard let fallback else { throw .missing(variable, expected: expected) }
            note(variable, isSecret ? "(not set)" : "\(shown?(fallback) ?? "\(fallback)") (default)")
            return fallback
        }
        guard let value = parse(raw) else {
            throw .unreadable(variable, found: isSecret ? Mask.secret(raw) : "\"\(raw)\"", expected: expected)
        }
        note(variable, isSecret ? Mask.secret(raw) : shown?(value) ?? raw)
        return value
    }
}
