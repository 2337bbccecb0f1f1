//! Invented street and station names: two characters that read well together, none taken from a real street list.

use super::dice::mix;
use super::lattice::Street;

const FIRST: [&str; 24] =
    ["云", "锦", "松", "泰", "翠", "明", "澄", "远", "嘉", "朗", "禾", "榕", "岚", "瑞", "景", "柏", "晴", "桐", "沁", "宏", "启", "智", "文", "盈"];
const SECOND: [&str; 20] = ["岭", "川", "泽", "屏", "堤", "台", "坪", "峰", "洲", "庭", "原", "溪", "谷", "湾", "桥", "园", "津", "屿", "苑", "麓"];

/// A name stem for a number.
pub(super) fn stem(number: u64) -> String {
    let draw = mix(number);
    format!("{}{}", FIRST[(draw % 24) as usize], SECOND[((draw >> 16) % 20) as usize])
}

/// A street's name; local streets have none.
pub(super) fn street(rank: Street, number: u64) -> Option<String> {
    let kind = match rank {
        Street::Express => "快速路",
        Street::Arterial => "大道",
        Street::Collector => "路",
        Street::Local => return None,
    };
    Some(format!("{}{kind}", stem(number)))
}
