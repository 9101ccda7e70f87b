//! Which field is the serial, which the secret, which the face value: by the names of columns, or by what they hold.

use super::reason::ImportError;
use super::text::Wiped;
use protocol::voucher::CodeForm;

/// Where the fields of a card stand, by their place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) serial: Option<usize>,
    pub(super) code: usize,
    pub(super) face: Option<usize>,
    /// How many there are; a line with text beyond them is refused.
    pub(super) count: usize,
}

/// What a column's name says that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Serial,
    /// A secret for sure.
    Secret,
    /// "Code", "card": the secret, or the serial beside one.
    Code,
    Face,
    /// Known, and of no use here.
    Other,
}

/// Names without case, blanks, signs and bracketed units, as [`plain`] makes them.
const NAMES: [(Role, &[&str]); 5] = [
    (
        Role::Serial,
        &[
            "serial",
            "serialno",
            "serialnumber",
            "sn",
            "cardno",
            "cardnumber",
            "cardid",
            "cardserial",
            "卡号",
            "卡號",
            "卡片号",
            "卡序列号",
            "序列号",
            "序列號",
            "账号",
            "帐号",
            "賬號",
            "帳號",
            "account",
        ],
    ),
    (
        Role::Secret,
        &[
            "secret",
            "cardpwd",
            "cardpassword",
            "cardsecret",
            "cardkey",
            "password",
            "passwd",
            "pwd",
            "pin",
            "pincode",
            "pinno",
            "carmi",
            "卡密",
            "卡密码",
            "卡密碼",
            "密码",
            "密碼",
            "充值密码",
            "充值卡密",
            "密钥",
            "密鑰",
        ],
    ),
    (
        Role::Code,
        &[
            "code",
            "card",
            "cardcode",
            "voucher",
            "vouchercode",
            "redeemcode",
            "redemptioncode",
            "couponcode",
            "giftcode",
            "activationcode",
            "cdkey",
            "key",
            "licence",
            "license",
            "licencekey",
            "licensekey",
            "productkey",
            "兑换码",
            "兌換碼",
            "激活码",
            "券码",
            "券號",
            "券号",
            "卡券码",
            "充值码",
            "提货码",
            "优惠码",
            "卡券",
        ],
    ),
    (
        Role::Face,
        &[
            "face",
            "facevalue",
            "cardprice",
            "price",
            "value",
            "amount",
            "denomination",
            "面额",
            "面額",
            "面值",
            "金额",
            "金額",
            "价格",
        ],
    ),
    (
        Role::Other,
        &[
            "id",
            "no",
            "index",
            "序号",
            "序號",
            "编号",
            "sku",
            "product",
            "productid",
            "name",
            "商品",
            "商品名称",
            "名称",
            "expiry",
            "expires",
            "expirationdate",
            "有效期",
            "到期时间",
            "过期时间",
            "usagelimit",
            "redemptionlimit",
            "batch",
            "batchid",
            "批次",
            "status",
            "状态",
            "currency",
            "meta",
            "note",
            "remark",
            "备注",
            "createdat",
            "生成时间",
            "时间",
            "orderid",
            "skuid",
        ],
    ),
];

/// Face values in use: amounts of money of so few kinds that a column of them alone is no secret.
const FACES: [&str; 24] = [
    "0", "1", "2", "3", "5", "6", "10", "15", "20", "25", "30", "35", "40", "45", "50", "60", "80", "100",
    "150", "200", "300", "350", "500", "1000",
];

/// What a column of this name holds; `None` for an unknown name.
fn role(name: &str) -> Option<Role> {
    let name = plain(name);
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(role, _)| *role)
}

/// Letters and digits in lower case, without a unit in brackets.
fn plain(name: &str) -> String {
    let name = CodeForm::Strip.apply(name);
    let name = name.split('(').next().unwrap_or_default();
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether this is the name of a column.
pub(super) fn is_name(text: &str) -> bool {
    role(text).is_some()
}

impl Columns {
    /// The columns that a header on this line names; `None` if no field of it is a known name.
    ///
    /// A header with a serial and no secret names a single code ("序列号" of a licence); a "code" beside a secret is
    /// the serial.
    pub(super) fn named<'n>(
        names: impl IntoIterator<Item = &'n str>,
        line: u64,
    ) -> Result<Option<Self>, ImportError> {
        let roles: Vec<Option<Role>> = names.into_iter().map(role).collect();
        if roles.iter().all(Option::is_none) {
            return Ok(None);
        }
        let places = |wanted: Role| {
            let mut places = roles.iter().enumerate().filter(move |(_, role)| **role == Some(wanted));
            (places.next().map(|(place, _)| place), places.next().is_some())
        };
        let (serial, _) = places(Role::Serial);
        let (secret, two_secrets) = places(Role::Secret);
        let (code, two_codes) = places(Role::Code);
        if two_secrets || (secret.is_none() && two_codes) {
            return Err(ImportError::TwoSecretColumns { line });
        }
        let (serial, code) = match (serial, secret, code) {
            (serial, Some(secret), code) => (serial.or(code), secret),
            (serial, None, Some(code)) => (serial, code),
            (Some(serial), None, None) => (None, serial),
            (None, None, None) => return Err(ImportError::NoSecretColumn { line }),
        };
        Ok(Some(Self { serial, code, face: places(Role::Face).0, count: roles.len() }))
    }

    /// The places of what is taken.
    pub(super) const fn chosen(&self) -> [Option<usize>; 3] {
        [self.serial, Some(self.code), self.face]
    }

    /// The columns of lines without a header: serial, secret, face value; or secret and face value; or the secret alone.
    /// Columns that are empty everywhere do not count (a run of tabs). Any other column may be the secret as well as what is
    /// taken for it, or a part of it that has blanks: only names make that clear.
    pub(super) fn guess(rows: &[Vec<Wiped<'_>>], count: usize) -> Result<Self, ImportError> {
        let filled = |column: usize| {
            rows.iter()
                .filter_map(move |row| row.get(column))
                .filter(|field| !field.is_empty())
                .map(|field| &**field)
        };
        let is_face = |column: &usize| {
            filled(*column).all(|field| FACES.contains(&field.trim_end_matches(['元', '.'])))
        };
        let places: Vec<usize> = (0..count).filter(|column| filled(*column).next().is_some()).collect();
        let columns = match *places.as_slice() {
            [code] => Self { serial: None, code, face: None, count },
            [code, face] if is_face(&face) => Self { serial: None, code, face: Some(face), count },
            [serial, code] => Self { serial: Some(serial), code, face: None, count },
            [serial, code, face] if is_face(&face) => {
                Self { serial: Some(serial), code, face: Some(face), count }
            }
            _ => return Err(ImportError::UnclearColumns),
        };
        // A secret that is the same everywhere is no secret: the columns stand in another order.
        let mut codes = filled(columns.code);
        let first = codes.next();
        if rows.len() >= 3
            && first.is_some()
            && filled(columns.code).count() >= 3
            && codes.all(|code| Some(code) == first)
        {
            return Err(ImportError::UnclearColumns);
        }
        Ok(columns)
    }
}
