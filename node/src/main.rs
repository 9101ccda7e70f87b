//! `vouchsafe-node`: what an operator types.
//!
//! In scope: arguments, exit codes, what is printed. Everything it does is done elsewhere.

use anchors::AnchoringKey;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use command::opener::{BondCommand, SetAnchorerArgs, bond, set_anchorer};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vouchsafe_node::config::Folder;
use vouchsafe_node::init::{self, ChainChoice, EvmChoice, InitError};
use vouchsafe_node::ledger::rows::ReadError;
use vouchsafe_node::store::StoreError;
use vouchsafe_node::{backup, clock, control, demo, fsck, key_change, observe, rebuild, run, store};

/// Gives back what threads that merge tables gave up; how is said in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Prints a line. Whoever reads no further, as `head` does, takes nothing from what was done.
macro_rules! say {
    ($($said:tt)*) => {{
        let _unread = writeln!(std::io::stdout(), $($said)*);
    }};
}

mod command {
    pub mod opener;
}

/// The service that takes the steps of vouchers, keeps their ledger, and anchors it on a chain.
///
/// Exit codes: 0 done; 1 it failed, the reason is printed; 2 wrong usage; 4 (fsck) the store is not in order.
#[derive(Parser)]
#[command(name = "vouchsafe-node", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a data folder: keys, configuration, and the ledger opened on its chain.
    Init(InitArgs),
    /// Run the node of a data folder until SIGINT or SIGTERM.
    Serve(ServeArgs),
    /// Read everything again, check every signature, compute every root anew. The node must not be running.
    Fsck(DataArgs),
    /// Make the store of a data folder anew from a mirror of its ledger, or bring an old one up to it. Goes on where it was
    /// broken off. The node must not be running.
    Rebuild(RebuildArgs),
    /// Copy the data folder while the node runs: store, configuration and keys as of one moment.
    Backup(BackupArgs),
    /// Name another anchoring key on the contract and put it into the data folder. The node must not be running.
    SetAnchorer(SetAnchorerArgs),
    /// Draw another operator's key, which signs receipts once the chain has a final checkpoint with it: start the node
    /// then. The node must not be running.
    SetOperatorKey(DataArgs),
    /// What lies behind the ledger: look at it, add to it, end the ledger, take it back.
    Bond {
        #[command(subcommand)]
        act: BondCommand,
    },
    /// Show the whole job on a development chain of its own: issue, anchor, hand on, sell, claim, redeem, and a second
    /// sale that is caught.
    Demo(demo::DemoArgs),
    /// Print what your shell needs to complete commands and options.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the manual pages.
    Man {
        /// The folder to write them to; it is made if it is not there.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Args)]
struct DataArgs {
    /// The node's data folder.
    #[arg(long, env = "VOUCHSAFE_DATA", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Args)]
struct InitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Where the node will listen.
    #[arg(long, default_value = "127.0.0.1:7311", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Public address of the node: what stands before /v/ in links [default: http:// and the address it listens on].
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// JSON-RPC endpoint of a chain; of several, those that answer must agree. One that holds an access key is better kept
    /// off the command line: with --chain-id, the environment's `VOUCHSAFE_RPC` counts where none is given. Without a chain,
    /// an embedded development chain is used, which proves nothing to outsiders.
    #[arg(long, value_name = "URL", requires = "chain_id")]
    rpc: Vec<String>,
    /// The Anchors contract on that chain.
    #[arg(long, value_name = "ADDRESS", requires = "chain_id")]
    contract: Option<String>,
    /// The judge of the ledgers of that contract, which may take the bond of an operator who is proven to lie; without one
    /// a new one is deployed.
    #[arg(long, value_name = "ADDRESS", requires = "contract")]
    judge: Option<String>,
    /// Deploy a new Anchors contract on that chain.
    #[arg(long, requires = "chain_id", conflicts_with = "contract")]
    deploy: bool,
    /// EIP-155 id of that chain.
    #[arg(long, value_name = "ID")]
    chain_id: Option<u64>,
    /// File with the private key that pays for anchoring, 64 hex digits, mode 600; `-` reads it from standard input.
    /// Otherwise the environment variable `VOUCHSAFE_ANCHORING_KEY` holds it. Never an argument.
    #[arg(long, value_name = "FILE", requires = "chain_id")]
    anchoring_key: Option<PathBuf>,
    /// Wei that the operator puts at stake; a contract that is deployed takes this as its minimum.
    #[arg(long, value_name = "WEI", default_value_t = init::BOND_WEI)]
    bond: u128,
    /// Seconds between two checkpoints while steps come in; a batch is anchored at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    anchor_interval: u64,
}

#[derive(Args)]
struct RebuildArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The folder of the mirror: what vouchsafe mirror wrote.
    #[arg(long, value_name = "MIRROR")]
    from: PathBuf,
}

#[derive(Args)]
struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// A folder that is not there yet. It will hold the keys: keep it as safe as the data folder.
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

#[derive(Args)]
struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Listen here instead of where the configuration says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads()).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let done = match cli.command {
        Command::Init(args) => runtime.block_on(initialise(args)),
        Command::Serve(args) => runtime.block_on(serve(args)),
        Command::Fsck(args) => check(args).or_else(damaged),
        Command::Rebuild(args) => runtime.block_on(make_anew(args)),
        Command::Backup(args) => back_up(&args),
        Command::SetAnchorer(args) => runtime.block_on(set_anchorer(args)),
        Command::SetOperatorKey(args) => set_operator_key(args),
        Command::Bond { act } => runtime.block_on(bond(act)),
        Command::Demo(args) => runtime.block_on(demo::run(args)).map_err(Into::into),
        Command::Completions { shell } => completions(shell),
        Command::Man { folder } => manual(&folder),
    };
    done.unwrap_or_else(|error| failed(&*error))
}

/// More than cores: a question to the store is answered where it comes in, and may have to wait for the disk.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(8, |cores| cores.get().saturating_mul(4))
}

type Done = Result<ExitCode, Box<dyn std::error::Error>>;

#[expect(clippy::print_stderr, reason = "this is where the command speaks")]
fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("vouchsafe-node: {error}");
    match error.downcast_ref() {
        Some(InitError::Argument(_)) => ExitCode::from(WRONG_USAGE),
        _ => ExitCode::FAILURE,
    }
}

/// A store that can not even be read is not in order either.
fn damaged(error: Box<dyn std::error::Error>) -> Done {
    let of_store = |error: &StoreError| matches!(error, StoreError::Corrupt { .. });
    let is_damage = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(error), _) | (_, Some(ReadError::Store(error))) => of_store(error),
        (_, read) => matches!(read, Some(ReadError::Damaged { .. })),
    };
    if !is_damage {
        return Err(error);
    }
    failed(&*error);
    Ok(ExitCode::from(FAULTY))
}

fn evm_choice(args: &InitArgs, chain_id: u64) -> Result<EvmChoice, InitError> {
    let wrong = |problem: &dyn std::fmt::Display| InitError::Argument(problem.to_string());
    let kept = std::env::var("VOUCHSAFE_RPC").unwrap_or_default();
    let kept = kept.split_whitespace().map(str::to_owned);
    let endpoints = if args.rpc.is_empty() { kept.collect() } else { args.rpc.clone() };
    if endpoints.is_empty() {
        return Err(wrong(&"with --chain-id, name an endpoint by --rpc, or in VOUCHSAFE_RPC"));
    }
    let key_text = init::anchoring_key_text(args.anchoring_key.as_deref())?;
    let key = AnchoringKey::from_hex(&key_text).map_err(|error| wrong(&error))?;
    let contract = args.contract.as_ref().map(|text| text.to_lowercase().parse()).transpose();
    let contract = contract.map_err(|error| wrong(&format_args!("--contract: {error}")))?;
    let judge = args.judge.as_ref().map(|text| text.to_lowercase().parse()).transpose();
    let judge = judge.map_err(|error| wrong(&format_args!("--judge: {error}")))?;
    if contract.is_none() && !args.deploy {
        return Err(wrong(&"with --chain-id, name the contract by --contract, or deploy one by --deploy"));
    }
    Ok(EvmChoice { endpoints, chain_id, contract, judge, key, key_text })
}

async fn initialise(args: InitArgs) -> Done {
    let folder = Folder::new(args.data.data.clone());
    let chain = match args.chain_id {
        None => ChainChoice::Devnet,
        Some(chain_id) => ChainChoice::Evm(Box::new(evm_choice(&args, chain_id)?)),
    };
    let site = args.site.unwrap_or_else(|| format!("http://{}", args.listen));
    let made = init::init(&folder, chain, site, args.listen, args.bond, args.anchor_interval).await?;
    say!("ledger    {}", made.ledger.id);
    say!("contract  {} on chain {}", made.ledger.origin.contract, made.ledger.origin.chain_id);
    say!("judge     {} (the ledger is put under it when the node first serves)", made.judge);
    say!("operator  {}", made.operator_key);
    say!("folder    {}", folder.path().display());
    if made.development {
        say!("The chain is for development: what is anchored there proves nothing to outsiders.");
    }
    say!("Next: vouchsafe-node serve --data {}", folder.path().display());
    Ok(ExitCode::SUCCESS)
}

async fn serve(args: ServeArgs) -> Done {
    observe::log_to_stderr();
    let folder = Folder::new(args.data.data);
    let mut config = folder.load()?;
    config.listen = args.listen.unwrap_or(config.listen);
    let mut stop = Box::pin(run::stop_signal()?);
    let running = tokio::select! {
        running = run::start(&folder, config, clock::steady()) => running?,
        // What a node does while it starts may be broken off anywhere.
        () = &mut stop => return Ok(ExitCode::SUCCESS),
    };
    let stopper = running.stopper();
    tokio::spawn(async move {
        stop.await;
        stopper.send_replace(true);
    });
    running.wait().await?;
    Ok(ExitCode::SUCCESS)
}

async fn make_anew(args: RebuildArgs) -> Done {
    let folder = Folder::new(args.data.data);
    let bar = observe::progress_bar("entries");
    let rebuilt = rebuild::rebuild(&folder, &args.from, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let rebuilt = rebuilt.await;
    bar.finish_and_clear();
    let rebuilt = rebuilt?;
    say!("entries      {} ({} were there)", rebuilt.entries, rebuilt.had);
    say!("vouchers     {}", rebuilt.vouchers);
    say!("checkpoint   {}", rebuilt.checkpoint);
    say!("What no anchored checkpoint covers is not in a mirror: steps that were accepted after checkpoint");
    say!("{} must be sent again, and incidents are those that the store had.", rebuilt.checkpoint);
    say!("Next: vouchsafe-node fsck --data {}", folder.path().display());
    Ok(ExitCode::SUCCESS)
}

fn back_up(args: &BackupArgs) -> Done {
    let folder = Folder::new(&args.data.data);
    let bar = observe::progress_bar("rows");
    let told = |rows| {
        bar.set_length(rows);
        bar.set_position(rows);
    };
    let rows = if let Some(answer) = control::ask_backup(&folder, &args.to, told)? {
        answer?
    } else {
        // No node is at work, or the store would be locked.
        folder.load()?;
        let store = open_store(&folder)?;
        backup::backup(&folder, &store, &args.to, told)?
    };
    bar.finish_and_clear();
    say!("rows         {rows}");
    say!("folder       {}", args.to.display());
    say!("It holds the keys of the node: keep it as safe as the data folder.");
    say!("Next: vouchsafe-node fsck --data {}", args.to.display());
    Ok(ExitCode::SUCCESS)
}

/// The store of a data folder, which is there.
fn open_store(folder: &Folder) -> Result<store::FjallStore, Box<dyn std::error::Error>> {
    let path = folder.store();
    if path.exists() {
        return Ok(store::FjallStore::open(&path)?);
    }
    let path = path.display();
    Err(format!("{path} is missing: restore a backup, or rebuild it from a mirror; nothing was changed")
        .into())
}

fn set_operator_key(args: DataArgs) -> Done {
    let folder = Folder::new(args.data);
    folder.load()?;
    let store = open_store(&folder)?;
    let begun = key_change::begin(&folder, &store)?;
    let Some(next) = begun.next else {
        say!("operator  {}", begun.current);
        say!(
            "An earlier change is complete with this; nothing new was drawn. Start the node, or repeat this for another key."
        );
        return Ok(ExitCode::SUCCESS);
    };
    say!("operator  {}, until the change is done", begun.current);
    say!("next      {next}");
    say!("Its key is in {}: copy it to where you keep the other one.", folder.next_operator_key().display());
    say!(
        "Next: start the node. It takes no steps until a checkpoint that names the next key is final, and goes on by itself."
    );
    Ok(ExitCode::SUCCESS)
}

fn completions(shell: Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vouchsafe-node", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

fn manual(folder: &Path) -> Done {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)?;
    Ok(ExitCode::SUCCESS)
}

/// Exit code where an argument can not be meant.
const WRONG_USAGE: u8 = 2;
/// Exit code of a check that found faults.
const FAULTY: u8 = 4;

fn check(args: DataArgs) -> Done {
    let folder = Folder::new(args.data);
    let config = folder.load()?;
    let chain = init::chain_of(&config);
    let ledger = config.origin(chain).ledger();
    let store = open_store(&folder)?;
    let snapshot = store::Store::snapshot(&store)?;
    let bar = observe::progress_bar("entries");
    let found = fsck::fsck(&*snapshot, ledger, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let found = found?;
    say!("ledger       {ledger}");
    say!("entries      {}", found.entries);
    say!("vouchers     {}", found.vouchers);
    say!("checkpoints  {}", found.checkpoints);
    for (name, root) in [("log root     ", found.log_root), ("head root    ", found.head_root)] {
        if let Some(root) = root {
            say!("{name}{root}");
        }
    }
    for fault in &found.faults {
        say!("FAULT        {fault}");
    }
    if found.faults.is_empty() {
        say!("in order");
        return Ok(ExitCode::SUCCESS);
    }
    say!("not in order: keep a copy of the folder, restore a backup, and run fsck again");
    Ok(ExitCode::from(FAULTY))
}
