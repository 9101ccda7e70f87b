//! `set-anchorer` and `bond`: what the account that opened the ledger may do.

use crate::{DataArgs, Done, open_store};
use anchors::Phase;
use clap::{Args, Subcommand};
use protocol::LedgerId;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use vouchsafe_node::config::{Folder, read_secret};
use vouchsafe_node::opener::{Opener, Stake};
use vouchsafe_node::{init, opener};
use zeroize::Zeroizing;

/// What `set-anchorer` takes.
#[derive(Args)]
pub struct SetAnchorerArgs {
    #[command(flatten)]
    data: DataArgs,
    /// File with the new private key, 64 hex digits, mode 600.
    #[arg(long, value_name = "FILE")]
    new_key: PathBuf,
    #[command(flatten)]
    opener: OpenerArgs,
}

/// Whose key signs.
#[derive(Args)]
pub struct OpenerArgs {
    /// File with the key of the account that opened the ledger, mode 600; `-` reads it from standard input [default:
    /// opener.key in the data folder, or else anchoring.key].
    #[arg(long, value_name = "FILE")]
    opener_key: Option<PathBuf>,
}

impl OpenerArgs {
    fn key(&self, folder: &Folder) -> Result<Zeroizing<String>, Box<dyn std::error::Error>> {
        Ok(match &self.opener_key {
            Some(path) => init::anchoring_key_text(Some(path))?,
            None if folder.opener_key().exists() => read_secret(&folder.opener_key())?,
            None => folder.load_anchoring_key()?,
        })
    }
}

/// What is done about the bond.
#[derive(Subcommand)]
pub enum BondCommand {
    /// What is at stake, and where the ledger stands, by the chain.
    Show(DataArgs),
    /// Add to it. Only the opener of the ledger ever gets it back.
    TopUp {
        #[command(flatten)]
        data: DataArgs,
        /// What to add.
        #[arg(long, value_name = "WEI")]
        wei: u128,
        #[command(flatten)]
        opener: OpenerArgs,
    },
    /// Take what challengers paid: the deposit of each challenge that the node answered.
    Collect {
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        opener: OpenerArgs,
    },
    /// End the ledger for good: it anchors nothing more, and fraud is heard for 14 days. The node must not be running, and
    /// every entry must be anchored.
    Close {
        #[command(flatten)]
        data: DataArgs,
        /// The ledger's name, to show that it is meant: this can not be undone.
        #[arg(long, value_name = "ID")]
        ledger: LedgerId,
        #[command(flatten)]
        opener: OpenerArgs,
    },
    /// Take it back, 14 days after the ledger was closed.
    Withdraw {
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        opener: OpenerArgs,
    },
}

/// Names another anchoring key.
pub async fn set_anchorer(args: SetAnchorerArgs) -> Done {
    let folder = Folder::new(args.data.data);
    let config = folder.load()?;
    // Taken for as long as the command runs: a node at work would go on with the old key.
    let _store = open_store(&folder)?;
    let key = args.opener.key(&folder)?;
    let opener = Opener::new(&config, &key)?;
    let rotated = opener.rotate(&folder, &key, &read_secret(&args.new_key)?).await?;
    say!("anchorer  {}, before {}", rotated.anchorer, rotated.before);
    say!("The opener's key is in {}: keep it offline.", folder.opener_key().display());
    say!("Next: send money to {}, then start the node.", rotated.anchorer);
    Ok(ExitCode::SUCCESS)
}

/// Shows what is at stake, or changes it and shows it then.
pub async fn bond(act: BondCommand) -> Done {
    let open = |data: DataArgs| {
        let folder = Folder::new(data.data);
        folder.load().map(|config| (folder, config))
    };
    let opener = match act {
        BondCommand::Show(data) => {
            show(&opener::stake(&open(data)?.1).await?);
            return Ok(ExitCode::SUCCESS);
        }
        BondCommand::TopUp { data, wei, opener } => {
            let (folder, config) = open(data)?;
            let opener = Opener::new(&config, &opener.key(&folder)?)?;
            opener.top_up(wei).await?;
            opener
        }
        BondCommand::Collect { data, opener } => {
            let (folder, config) = open(data)?;
            let opener = Opener::new(&config, &opener.key(&folder)?)?;
            say!("collected {} wei", opener.collect().await?);
            opener
        }
        BondCommand::Close { data, ledger, opener } => {
            let (folder, config) = open(data)?;
            let ours = config.origin(init::chain_of(&config)).ledger();
            if ours != ledger {
                return Err(format!("--ledger names {ledger}, this folder is of {ours}").into());
            }
            // Taken for as long as the command runs: a node at work would go on promising.
            let store = open_store(&folder)?;
            let opener = Opener::new(&config, &opener.key(&folder)?)?;
            opener.close(&store).await?;
            opener
        }
        BondCommand::Withdraw { data, opener } => {
            let (folder, config) = open(data)?;
            let opener = Opener::new(&config, &opener.key(&folder)?)?;
            opener.withdraw().await?;
            opener
        }
    };
    show(&opener.stake().await?);
    Ok(ExitCode::SUCCESS)
}

fn show(Stake { bond, deposits_wei }: &Stake) {
    say!("bond      {} wei", bond.wei);
    say!("deposits  {deposits_wei} wei of challenges that were answered");
    say!("ledger    {}, opened by {}", bond.phase, bond.opener);
    if let (Phase::Closed, Some(at)) = (bond.phase, bond.withdrawable_at) {
        let time = i64::try_from(at).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        say!(
            "The bond can be taken back from {} on.",
            time.map_or_else(|| at.to_string(), |time| time.to_string())
        );
    }
}
