//! A table of the world: cheap to copy, so that every version of the truth can be kept.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Rows by key, in the order of the keys. A copy shares everything with its original until one of them is
/// changed, and then only the changed row and the index are copied.
pub struct Table<K, V>(Arc<BTreeMap<K, Arc<V>>>);

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// The row with this key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key).map(Arc::as_ref)
    }

    /// The row with this key, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.0.contains_key(key) {
            return None;
        }
        Arc::make_mut(&mut self.0).get_mut(key).map(Arc::make_mut)
    }

    /// Puts a row in, and returns the one that was there.
    pub fn insert(&mut self, key: K, row: V) -> Option<V> {
        Arc::make_mut(&mut self.0).insert(key, Arc::new(row)).map(Arc::unwrap_or_clone)
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        if !self.0.contains_key(key) {
            return None;
        }
        Arc::make_mut(&mut self.0).remove(key).map(Arc::unwrap_or_clone)
    }

    /// Whether there is a row with this key.
    pub fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    /// All rows with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, row)| (key, row.as_ref()))
    }

    /// All rows.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values().map(Arc::as_ref)
    }

    /// A copy of all keys, to change rows while going over them.
    pub fn keys(&self) -> Vec<K> {
        self.0.keys().cloned().collect()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows that are not the very same in `other`, a table that this one was copied from or to.
    pub(crate) fn apart_from(&self, other: &Self) -> Self {
        let shared = |key: &K, row: &Arc<V>| other.0.get(key).is_some_and(|other| Arc::ptr_eq(row, other));
        let rows = self.0.iter().filter(|(key, row)| !shared(key, row));
        Self(Arc::new(rows.map(|(key, row)| (key.clone(), Arc::clone(row))).collect()))
    }

    /// Takes back what happened between `before` and `after`, field by field: a field that the two tell apart
    /// gets its old value here, whatever else was changed since stays. Rows that came are removed, rows that
    /// went come back.
    pub(crate) fn take_back(&mut self, before: &Self, after: &Self)
    where
        V: Serialize + DeserializeOwned,
    {
        if Arc::ptr_eq(&before.0, &after.0) {
            return;
        }
        for (key, old) in before.0.iter() {
            match after.0.get(key) {
                Some(new) if Arc::ptr_eq(old, new) => {}
                Some(new) => self.restore_fields(key, old, new),
                None => {
                    self.insert(key.clone(), V::clone(old));
                }
            }
        }
        for key in after.0.keys().filter(|key| !before.contains(key)) {
            self.remove(key);
        }
    }

    fn restore_fields(&mut self, key: &K, old: &V, new: &V)
    where
        V: Serialize + DeserializeOwned,
    {
        let Some(current) = self.get(key) else { return };
        let rows = (serde_json::to_value(old), serde_json::to_value(new), serde_json::to_value(current));
        let (Ok(Value::Object(old)), Ok(Value::Object(new)), Ok(Value::Object(mut row))) = rows else {
            return;
        };
        for (name, value) in old {
            if new.get(&name) != Some(&value) {
                row.insert(name, value);
            }
        }
        if let Ok(row) = serde_json::from_value(Value::Object(row)) {
            self.insert(key.clone(), row);
        }
    }
}

impl<K, V> Clone for Table<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Arc::new(BTreeMap::new()))
    }
}

impl<K: Ord, V: PartialEq> PartialEq for Table<K, V> {
    fn eq(&self, other: &Self) -> bool {
        let same_row = |key: &K, row: &Arc<V>, other_key: &K, other: &Arc<V>| {
            key == other_key && (Arc::ptr_eq(row, other) || row == other)
        };
        let mut pairs = self.0.iter().zip(other.0.iter());
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.len() == other.0.len() && pairs.all(|(one, two)| same_row(one.0, one.1, two.0, two.1)))
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter()).finish()
    }
}

impl<K: Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, row)| (key, row.as_ref())))
    }
}

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Table<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = BTreeMap::<K, V>::deserialize(deserializer)?;
        Ok(Self(Arc::new(rows.into_iter().map(|(key, row)| (key, Arc::new(row))).collect())))
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Table<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(rows: I) -> Self {
        Self(Arc::new(rows.into_iter().map(|(key, row)| (key, Arc::new(row))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Row {
        a: u8,
        b: u8,
    }

    #[test]
    fn a_copy_does_not_see_later_changes() {
        let mut table: Table<u8, Row> = [(1, Row { a: 1, b: 1 })].into_iter().collect();
        let before = table.clone();
        table.get_mut(&1).unwrap().a = 2;
        assert_eq!(before.get(&1).unwrap().a, 1);
        assert_ne!(before, table);
    }

    #[test]
    fn copies_are_apart_in_what_was_changed_since() {
        let one: Table<u8, Row> = [(1, Row { a: 1, b: 1 }), (2, Row { a: 2, b: 2 })].into_iter().collect();
        let mut other = one.clone();
        assert!(one.apart_from(&other).is_empty());
        other.get_mut(&2).unwrap().b = 3;
        other.insert(3, Row { a: 3, b: 3 });
        assert_eq!((one.apart_from(&other).keys(), other.apart_from(&one).keys()), (vec![2], vec![2, 3]));
    }

    #[test]
    fn taking_back_leaves_what_others_changed_since() {
        let before: Table<u8, Row> = [(1, Row { a: 1, b: 1 }), (2, Row { a: 5, b: 5 })].into_iter().collect();
        let mut after = before.clone();
        after.get_mut(&1).unwrap().a = 2;
        after.remove(&2);
        after.insert(3, Row { a: 0, b: 0 });
        let mut now = after.clone();
        now.get_mut(&1).unwrap().b = 9;
        now.take_back(&before, &after);
        assert_eq!(now.get(&1), Some(&Row { a: 1, b: 9 }));
        assert_eq!(now.keys(), [1, 2]);
    }
}
