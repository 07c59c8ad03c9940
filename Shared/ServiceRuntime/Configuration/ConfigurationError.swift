/// A setting that stops the service: one sentence that names the variable, what was found and what was expected.
///
/// ``ServiceHost`` prints the sentence to standard error and exits with ``exitCode``.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// `EX_CONFIG` of `sysexits.h`: a supervisor should not hurry to try again.
    public static let exitCode: Int32 = 78

    /// The environment variable at fault.
    public let variable: String
    /// The whole sentence. Holds no secret: a secret's value is told by its length only.
    public let description: String

    /// A variable that must be there and is not (an empty value counts as not there).
    public static func missing(_ variable: String, expected: String) -> ConfigurationError {
        ConfigurationError(variable: variable, description: "\(variable) is not set: expected \(expected).")
    }

    /// A variable that is there and cannot be used.
    public static func unreadable(_ variable: String, found: String, expected: String) -> ConfigurationError {
        ConfigurationError(variable: variable, description: "\(variable) is \(found): expected \(expected).")
    }
}
