//! Where a node is.

use super::NodeError;
use reqwest::Url;
use std::fmt;

/// Where a node is: `http` or `https`, everything that stands before `/v/` in its links.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeAddress(Url);

impl std::str::FromStr for NodeAddress {
    type Err = NodeError;

    fn from_str(text: &str) -> Result<Self, NodeError> {
        let refused = || NodeError::Address;
        let mut url = Url::parse(text.trim()).map_err(|_| refused())?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(refused());
        }
        let folder = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&folder);
        Ok(Self(url))
    }
}

impl NodeAddress {
    /// The address of a resource below it, the path without a leading slash.
    pub(crate) fn resource(&self, path: &str) -> Result<Url, NodeError> {
        self.0.join(path).map_err(|_| NodeError::Address)
    }
}

impl fmt::Display for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        f.write_str(shown.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_below_a_folder_keeps_it_and_credentials_are_not_shown() {
        let address: NodeAddress = "https://user:hunter2@shop.example/vouchers".parse().expect("an address");
        assert_eq!(address.to_string(), "https://shop.example/vouchers");
        let resource = address.resource("v1/ledger").expect("a resource");
        assert_eq!(resource.path(), "/vouchers/v1/ledger");
        for wrong in
            ["shop.example", "ftp://shop.example", "https://shop.example/?a=b", "https://shop.example/#x"]
        {
            assert!(wrong.parse::<NodeAddress>().is_err(), "{wrong}");
        }
    }
}
