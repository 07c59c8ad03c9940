import Logging
import ServiceRuntime
import Testing

@Suite("Settings") struct SettingsTests {
    private enum Colour: String, CaseIterable { case red, green }

    @Test("a value that is there is read")
    func reads() throws {
        let settings = Settings([
            "IGNY8_HTTP_PORT": "8080", "IGNY8_MODE": "green", "IGNY8_GRACE": "1.5", "IGNY8_ON": "true",
            "IGNY8_TOKEN_KEY": "AAECAwQFBgc=", "IGNY8_SECRETS": "one, two",
        ])
        #expect(try settings.integer("IGNY8_HTTP_PORT", in: 1...65535) == 8080)
        #expect(try settings.choice("IGNY8_MODE", of: Colour.self) == .green)
        #expect(try settings.seconds("IGNY8_GRACE", in: 0...10) == .milliseconds(1500))
        #expect(try settings.flag("IGNY8_ON", default: false))
        #expect(try settings.key("IGNY8_TOKEN_KEY", bytes: 8...8) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(try settings.secrets("IGNY8_SECRETS") == ["one", "two"])
    }

    @Test("a default stands in for what is not there, and for what is empty")
    func defaults() throws {
        let settings = Settings(["IGNY8_EMPTY": ""])
        #expect(try settings.integer("IGNY8_PORT", in: 1...9, default: 5) == 5)
        #expect(try settings.text("IGNY8_EMPTY", default: "x") == "x")
        #expect(try settings.optionalURL("IGNY8_URL", schemes: ["http"]) == nil)
    }

    @Test("a number that is no number is refused instead of replaced by the default")
    func unreadableNumber() {
        let settings = Settings(["IGNY8_HTTP_PORT": "80a"])
        let error = #expect(throws: ConfigurationError.self) {
            try settings.integer("IGNY8_HTTP_PORT", in: 1...65535, default: 8080)
        }
        #expect(error?.variable == "IGNY8_HTTP_PORT")
        #expect(error?.description == #"IGNY8_HTTP_PORT is "80a": expected a whole number from 1 to 65535."#)
    }

    @Test(
        "each kind of value says what it would have taken",
        arguments: [
            ("65536", "IGNY8_HTTP_PORT is \"65536\": expected a whole number from 1 to 65535."),
            ("", "IGNY8_HTTP_PORT is not set: expected a whole number from 1 to 65535."),
        ]
    )
    func sentences(value: String, sentence: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Settings(["IGNY8_HTTP_PORT": value]).integer("IGNY8_HTTP_PORT", in: 1...65535)
        }
        #expect(error?.description == sentence)
    }

    @Test("a choice lists what may be chosen")
    func choice() {
        let error = #expect(throws: ConfigurationError.self) {
            try Settings(["IGNY8_MODE": "blue"]).choice("IGNY8_MODE", of: Colour.self)
        }
        #expect(error?.description == #"IGNY8_MODE is "blue": expected one of red, green."#)
    }

    @Test("a secret is never quoted: not in an error, not in the print-out")
    func secretsStaySecret() throws {
        let settings = Settings(["IGNY8_TOKEN_KEY": "c2hvcnQ=", "IGNY8_STRIPE_SECRET_KEY": "sk_live_canary"])
        let error = #expect(throws: ConfigurationError.self) { try settings.key("IGNY8_TOKEN_KEY", bytes: 32...) }
        #expect(error?.description == "IGNY8_TOKEN_KEY is ••• (8 characters): expected at least 32 bytes in base64.")
        _ = try settings.secret("IGNY8_STRIPE_SECRET_KEY")
        #expect(!"\(settings.described)".contains("canary"))
        #expect(settings.described.contains { $0.variable == "IGNY8_STRIPE_SECRET_KEY" })
    }

    @Test("a password in a URL is masked wherever the URL is shown")
    func urlPassword() throws {
        let good = Settings(["IGNY8_DATABASE_URL": "postgresql://igny8_service:hunter2@127.0.0.1:5432/igny8"])
        _ = try good.url("IGNY8_DATABASE_URL", schemes: ["postgresql"])
        #expect(good.described.map(\.value) == ["postgresql://igny8_service:•••@127.0.0.1:5432/igny8"])

        let bad = Settings(["IGNY8_DATABASE_URL": "mysql://root:hunter2@db/igny8"])
        let error = #expect(throws: ConfigurationError.self) {
            try bad.url("IGNY8_DATABASE_URL", schemes: ["postgresql"])
        }
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("postgresql://") == true)
    }

    @Test("the whole of what services share is read, or refused by name")
    func runtime() throws {
        var values = [
            "IGNY8_DATABASE_URL": "postgresql://a:b@h/d", "IGNY8_REDIS_URL": "redis://h:1/0",
            "IGNY8_MODE": "sandbox", "IGNY8_PRIVATE_PORT": "0", "IGNY8_LOG_LEVEL": "debug",
        ]
        let configuration = try RuntimeConfiguration(Settings(values))
        #expect(configuration.mode == .sandbox)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.shutdownGrace == .seconds(25))
        values["IGNY8_LOG_LEVEL"] = "loud"
        let error = #expect(throws: ConfigurationError.self) { try RuntimeConfiguration(Settings(values)) }
        #expect(error?.variable == "IGNY8_LOG_LEVEL")
    }
}
