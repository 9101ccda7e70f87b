//! A connection that lay idle is not asked again: the node closes it, and nobody notices while keys are derived.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use vouchsafe_cli::node_client::NodeClient;

/// Answers one request and keeps the connection open, until the next request, which is answered by closing it.
fn answer_once(mut stream: TcpStream) {
    read_request(&mut stream);
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n7")
        .unwrap();
    read_request(&mut stream);
}

fn read_request(stream: &mut TcpStream) {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        read.extend(byte);
    }
}

#[test]
fn a_connection_that_lay_idle_is_not_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer_once(stream));
        }
    });
    let client = NodeClient::new(address.parse().unwrap()).unwrap();
    let ask = || client.get::<u64>("v1/ledger");
    assert_eq!(ask().unwrap(), 7);
    assert!(ask().is_err(), "the connection is kept, and asked again at once");
    assert_eq!(ask().unwrap(), 7);
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(ask().unwrap(), 7);
}
