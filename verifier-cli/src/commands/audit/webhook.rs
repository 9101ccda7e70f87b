//! Telling somebody at once: the report, posted as JSON.

use crate::audit::Report;
use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::client;
use reqwest::Url;
use std::time::Duration;

/// Where an address is kept that should not stand on a command line.
const VARIABLE: &str = "VOUCHSAFE_WEBHOOK";
const ATTEMPTS: u32 = 4;
const TIMEOUT: Duration = Duration::from_secs(30);

/// The address given, else the one of the environment.
pub fn address(given: Option<&str>) -> Result<Option<Url>, Failure> {
    let kept = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let text = given.map(str::to_owned).or(kept);
    let parse = |text: String| {
        let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        // The address may hold a secret, so it is not repeated.
        url.ok_or_else(|| Failure::usage("error-webhook-address"))
    };
    text.map(parse).transpose()
}

/// Posts the report; several times, if nobody takes it. That nobody does changes no outcome, and is said.
pub fn post(to: &Url, report: &Report, console: &mut Console) {
    let host = to.host_str().unwrap_or_default().to_owned();
    let said = match sent(to, report) {
        Ok(()) => Text::new("audit-webhook-sent").with("host", host),
        Err(cause) => Text::new("audit-webhook-failed").with("host", host).with("cause", cause),
    };
    console.remark(&said);
}

fn sent(to: &Url, report: &Report) -> Result<(), String> {
    let runtime = crate::source::runtime().map_err(|error| error.to_string())?;
    let client = client(Some(TIMEOUT)).map_err(|error| error.without_url().to_string())?;
    let body = serde_json::to_vec(report).map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let mut pause = Duration::from_millis(500);
        let mut cause = String::new();
        for _ in 0..ATTEMPTS {
            let request =
                client.post(to.clone()).header("content-type", "application/json").body(body.clone());
            match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => cause = format!("HTTP status {}", answer.status()),
                Err(error) => cause = error.without_url().to_string(),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(cause)
    })
}
