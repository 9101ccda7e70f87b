//! `verify --check-domain` against a real TLS server. The command reaches it as a user behind a proxy would (`HTTPS_PROXY`),
//! and trusts its certificate as a user with a root of his own would (`SSL_CERT_FILE`).

use crate::made::{ISSUER, Made, pair};
use crate::run::Folder;
use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

const DOMAIN: &str = "studio.example";

/// What a certificate is wrong in.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    Name,
    Root,
    Expired,
}

fn certificate(wrong: Wrong) -> CertifiedKey<KeyPair> {
    let name = if wrong == Wrong::Name { "other.example" } else { DOMAIN };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if wrong == Wrong::Expired {
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let signing_key = KeyPair::generate().unwrap();
    CertifiedKey { cert: params.self_signed(&signing_key).unwrap(), signing_key }
}

/// The head of a request, to its empty line; the first line of it.
fn head(stream: impl Read) -> String {
    let mut lines = BufReader::with_capacity(1, stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines.find(String::is_empty);
    first
}

/// A proxy whose every tunnel ends at a server with this certificate, which gives everybody this answer. Its address.
fn serving(key: &CertifiedKey<KeyPair>, answer: String) -> String {
    let private = PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![key.cert.der().clone()], private).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let tunnelled = move |mut stream: TcpStream| {
        assert_eq!(head(&stream), format!("CONNECT {DOMAIN}:443 HTTP/1.1"));
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        // Who does not trust the certificate hangs up.
        if head(&mut stream) == "GET /.well-known/vouchsafe.json HTTP/1.1" {
            let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    };
    thread::spawn(move || listener.incoming().flatten().for_each(tunnelled));
    format!("http://{address}")
}

fn answered(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n{body}", body.len())
}

/// What the domain publishes: the policy, with this key.
fn published(made: &Made, seed: u8) -> String {
    let origin = made.origin;
    let policy = json!({
        "chains": [{ "chain_id": origin.chain_id, "contract": origin.contract, "ledgers": [origin.ledger()] }],
        "issuers": [{ "key": pair(seed).public(), "name": "Studio of the domain" }],
    });
    answered("200 OK", "content-type: application/json\r\n", &policy.to_string())
}

fn made() -> Made {
    let origin = Made::on_paper("").origin;
    Made::issued_by(origin, &format!(r#"{{"name":"Studio","domain":"{DOMAIN}"}}"#), "").transferred()
}

const VERIFY: &str =
    "verify dossier.json --trusted-checkpoint trusted.json --policy policy.json --check-domain";

/// A folder whose runs reach that server, and trust its certificate unless that is what is wrong.
fn folder(wrong: Wrong, answer: String) -> Folder {
    let key = certificate(wrong);
    let proxy = serving(&key, answer);
    let root = if wrong == Wrong::Root { certificate(Wrong::Nothing) } else { key };
    let folder = made().folder().with("root.pem", root.cert.pem());
    let root = folder.path().join("root.pem").display().to_string();
    folder.set("HTTPS_PROXY", &proxy).set("SSL_CERT_FILE", &root)
}

/// Verdict, and what the domain said.
fn asked(wrong: Wrong, answer: String) -> (Value, Value) {
    let mut report = folder(wrong, answer).report(VERIFY);
    (report["verdict"].take(), report["domain"].take())
}

#[test]
fn a_domain_is_asked_over_tls_and_vouches_for_the_keys_that_it_names() {
    let made = made();
    let (verdict, said) = asked(Wrong::Nothing, published(&made, ISSUER));
    assert_eq!((&said["vouches"], &said["ledger"]), (&json!(true), &json!(true)), "{said}");
    assert_eq!((&said["name"], &said["problem"]), (&json!("Studio of the domain"), &Value::Null));
    let (other_verdict, said) = asked(Wrong::Nothing, published(&made, 77));
    assert_eq!((&said["vouches"], &said["problem"]), (&json!(false), &Value::Null), "{said}");
    assert_eq!(verdict, other_verdict, "what a domain says changes no verdict");
    let told = folder(Wrong::Nothing, published(&made, ISSUER)).run(VERIFY);
    assert!(told.out.contains(DOMAIN), "{told:?}");
}

#[test]
fn a_wrong_certificate_is_no_answer_and_never_a_no() {
    let (name, root, expired) = (Wrong::Name, Wrong::Root, Wrong::Expired);
    for (wrong, why) in [(name, "not valid for name"), (root, "BadSignature"), (expired, "expired")] {
        let (verdict, said) = asked(wrong, published(&made(), ISSUER));
        assert_eq!(said["vouches"], Value::Null, "{said}");
        let problem = said["problem"].as_str().unwrap();
        assert!(problem.contains(why), "{problem}");
        assert_eq!(verdict, asked(Wrong::Nothing, published(&made(), ISSUER)).0);
    }
}

#[test]
fn a_redirect_an_error_and_what_is_no_policy_are_no_answer() {
    let elsewhere = format!("location: https://{DOMAIN}/.well-known/vouchsafe.json\r\n");
    for (answer, why) in [
        (answered("301 Moved Permanently", &elsewhere, ""), "301"),
        (answered("302 Found", &elsewhere, ""), "302"),
        (answered("404 Not Found", "", "none"), "404"),
        (answered("200 OK", "", "<html>"), "expected value"),
        (answered("200 OK", "", "{\"issuers\":1}"), "policy"),
    ] {
        let (_, said) = asked(Wrong::Nothing, answer);
        assert_eq!(said["vouches"], Value::Null, "{said}");
        assert!(said["problem"].as_str().unwrap().contains(why), "{said}");
    }
    let told = folder(Wrong::Nothing, answered("301 Moved Permanently", &elsewhere, "")).run(VERIFY);
    assert!(told.out.contains("301"), "{told:?}");
}
