//! A batch: manifest, terms and records, together held against the batch root in their Issue entry.

use super::copy::{Copying, Fresh, Problem};
use protocol::entry::Entry;
use protocol::manifest::{Terms, manifest_digest};
use protocol::merkle::{Frontier, TreeHash as _};
use protocol::public_data::{
    DataPath, RECORDS_PER_FILE, decode_manifest, decode_terms, record_file, record_files,
};
use protocol::voucher::Record;
use protocol::{Digest, Keccak};

/// Files of records on the way at a time: 32 MiB.
const WINDOW: usize = 8;

/// The files of one batch.
struct Files {
    index: u64,
    count: u64,
    root: Digest,
}

/// Copies the batch of the Issue entry at `index`.
pub fn copy(
    copying: &Copying<'_>,
    index: u64,
    entry: &Entry,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), Problem> {
    let files = Files { index, count: entry.count, root: entry.content };
    let fresh = Fresh::default();
    let sound = files.root_as_it_is(copying, &fresh, progress)? == Some(files.root);
    if sound { Ok(()) } else { files.fetch_anew(copying, fresh) }
}

impl Files {
    fn record_paths(&self) -> impl Iterator<Item = (DataPath, u64)> + use<> {
        let (batch, count) = (self.index, self.count);
        (0..record_files(count))
            .map(move |file| (DataPath::Records { batch, file }, record_file(file, count)))
    }

    /// Leaf 0 of the tree, if the terms are of as many vouchers as the entry.
    fn first_leaf(&self, manifest: &[u8], terms: &Terms) -> Option<Digest> {
        let text = decode_manifest(manifest).ok()?;
        (terms.count() == self.count).then(|| terms.leaf(manifest_digest(text)))
    }

    /// The root over the folder's files, those that are missing or of a wrong width fetched; none where leaf 0 cannot
    /// even be made of them.
    fn root_as_it_is(
        &self,
        copying: &Copying<'_>,
        fresh: &Fresh,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Option<Digest>, Problem> {
        let readable =
            |bytes: &[u8]| decode_manifest(bytes).map(|_| bytes.to_vec()).map_err(|error| error.to_string());
        let manifest = copying.obtain_noting(DataPath::Manifest(self.index), readable, fresh)?;
        let readable = |bytes: &[u8]| decode_terms(bytes).map_err(|error| error.to_string());
        let terms = copying.obtain_noting(DataPath::Terms(self.index), readable, fresh)?;
        let Some(first) = self.first_leaf(&manifest, &terms) else { return Ok(None) };
        let mut tree = Frontier::<Keccak>::default();
        tree.append(first, |_, _| ());
        let mut paths = self.record_paths();
        loop {
            // A count that a liar made up ends with the first file that is not there.
            let window: Vec<_> = paths.by_ref().take(WINDOW).collect();
            if window.is_empty() {
                return Ok(Some(tree.root()));
            }
            let leaves = copying.each(&window, |(path, count)| {
                copying.obtain_noting(*path, |bytes| record_leaves(bytes, *count), fresh)
            });
            for leaves in leaves {
                let leaves = leaves?;
                progress(leaves.len() as u64);
                tree.extend(&leaves, |_, _| ());
            }
        }
    }

    /// The source's files, once they are seen to lead to the root. Files of the folder that differ from them are named.
    fn fetch_anew(&self, copying: &Copying<'_>, fresh: Fresh) -> Result<(), Problem> {
        let (manifest, terms) = (DataPath::Manifest(self.index), DataPath::Terms(self.index));
        let mut differing = Vec::new();
        let mut fetch = |path| {
            let bytes = copying.remote(path)?;
            if copying.local(path).as_ref() != Some(&bytes) {
                differing.push((path, bytes.clone()));
            }
            Ok::<_, Problem>(bytes)
        };
        let manifest_bytes = fetch(manifest)?;
        let terms = decode_terms(&fetch(terms)?).map_err(|error| copying.does_not_fit(terms, error))?;
        let first = self.first_leaf(&manifest_bytes, &terms);
        let first = first.ok_or_else(|| {
            copying.does_not_fit(manifest, format!("it and the terms are not of {} vouchers", self.count))
        })?;
        let mut tree = Frontier::<Keccak>::default();
        tree.append(first, |_, _| ());
        for (path, count) in self.record_paths() {
            let leaves = record_leaves(&fetch(path)?, count);
            tree.extend(&leaves.map_err(|error| copying.does_not_fit(path, error))?, |_, _| ());
        }
        if tree.root() != self.root {
            copying.discard(fresh);
            let problem = format!("with terms and records, it does not lead to the batch root {}", self.root);
            return Err(copying.does_not_fit(manifest, problem));
        }
        for (path, bytes) in differing {
            copying.name_damaged(path);
            copying.keep(path, &bytes)?;
        }
        Ok(())
    }
}

fn record_leaves(bytes: &[u8], count: u64) -> Result<Vec<Digest>, String> {
    let due = count.saturating_mul(Record::WIDTH as u64);
    if count > RECORDS_PER_FILE || bytes.len() as u64 != due {
        return Err(format!("{} bytes where {due} are due", bytes.len()));
    }
    Ok(Keccak::leaves(bytes, Record::WIDTH))
}
