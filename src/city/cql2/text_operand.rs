//! Operands of CQL2 text: literals, brackets, lists, functions.

use super::complaint::{Complaint, Read, Wanted};
use super::kind::{Kind, Operand};
use super::lexer::{Symbol, Token};
use super::operation::{ArrayRelation, operation};
use super::text::{KEYWORDS, Reader};
use super::{Bound, Expression, Instant, Number};

const OPERAND: Wanted = ("属性、值或括号", "a property, a value or a bracket");

impl<'t> Reader<'t, '_> {
    pub(super) fn primary(&mut self) -> Read<Operand> {
        let at = self.at;
        let value = match &self.token {
            Token::Symbol(Symbol::Open) => return self.bracket(),
            Token::Symbol(Symbol::OpenSquare) => {
                self.budget.descend()?;
                self.skip()?;
                let items = self.items(Kind::Any, Symbol::CloseSquare)?;
                self.budget.ascend();
                Expression::Array(items)
            }
            Token::Word(word) => return self.named(word),
            Token::Text(_) | Token::Number(_) | Token::Quoted(_) => match self.advance()? {
                Token::Text(text) => Expression::Text(text.into_owned()),
                Token::Quoted(name) => Expression::Property(name.into_owned()),
                Token::Number(digits) => Expression::Number(Number::literal(digits.to_owned(), at)?),
                _ => return Err(self.expected(OPERAND)),
            },
            _ => return Err(self.expected(OPERAND)),
        };
        self.made(at, value)
    }

    /// A condition, a number or a value in brackets, or a list: it is a list when it is empty or has a comma.
    fn bracket(&mut self) -> Read<Operand> {
        let at = self.at;
        self.budget.descend()?;
        self.skip()?;
        let inner = if self.take(Symbol::Close)? {
            self.made(at, Expression::Array(Vec::new()))?
        } else {
            let first = self.any()?;
            if self.is(Symbol::Comma) {
                let mut items = Vec::new();
                self.item(first, Kind::Any, &mut items)?;
                self.skip()?;
                items.append(&mut self.items(Kind::Any, Symbol::Close)?);
                self.made(at, Expression::Array(items))?
            } else {
                self.must(Symbol::Close, ("运算符或 )", "an operator or )"))?;
                first
            }
        };
        self.budget.ascend();
        self.bare = true;
        Ok(inner)
    }

    /// Items up to the bracket that closes the list.
    pub(super) fn items(&mut self, kind: Kind, close: Symbol) -> Read<Vec<Expression>> {
        let mut items = Vec::new();
        if kind == Kind::Any && self.take(close)? {
            return Ok(items);
        }
        loop {
            let item = self.any()?;
            self.item(item, kind, &mut items)?;
            if self.take(close)? {
                return Ok(items);
            }
            self.must(Symbol::Comma, (", 或列表的结尾", "a comma or the end of the list"))?;
        }
    }

    fn item(&mut self, item: Operand, kind: Kind, items: &mut Vec<Expression>) -> Read<()> {
        let value = item.of(kind)?;
        if value.is_literal() {
            self.budget.node_is_item()?;
        }
        items.push(value);
        Ok(())
    }

    /// A keyword, a property, a function or a geometry.
    fn named(&mut self, word: &'t str) -> Read<Operand> {
        let at = self.at;
        if let Some(value) = ["false", "true"].iter().position(|name| word.eq_ignore_ascii_case(name)) {
            self.skip()?;
            return self.made(at, Expression::Boolean(value == 1));
        }
        if word.eq_ignore_ascii_case("null") {
            return Err(Complaint::wrong(
                at,
                "与 NULL 比较永不成立：写 IS NULL 或 IS NOT NULL",
                "nothing compares with NULL: write IS NULL or IS NOT NULL",
            ));
        }
        if KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) {
            return Err(self.expected(OPERAND));
        }
        self.skip()?;
        if (self.is(Symbol::Open) || self.is_word("z"))
            && let Some(geometry) = self.geometry(word, at)?
        {
            return self.made(at, geometry);
        }
        if !self.is(Symbol::Open) {
            return self.made(at, Expression::Property(word.to_owned()));
        }
        self.budget.descend()?;
        self.skip()?;
        let value = match word.to_ascii_lowercase().as_str() {
            "date" => Expression::Instant(self.instant(Instant::date, ("日期，如 '2026-09-01'", "a date such as '2026-09-01'"))?),
            "timestamp" => {
                Expression::Instant(self.instant(Instant::timestamp, ("时刻，如 '2026-09-01T08:00:00Z'", "a moment such as '2026-09-01T08:00:00Z'"))?)
            }
            "interval" => {
                let from = self.bound()?;
                self.must(Symbol::Comma, (", 和终点", "a comma and the end of the interval"))?;
                Expression::Interval(Box::new([from, self.bound()?]))
            }
            _ => operation(word, at, self.arguments(ArrayRelation::named(word).is_some())?)?,
        };
        self.must(Symbol::Close, (", 或 )", "a comma or )"))?;
        self.budget.ascend();
        self.made(at, value)
    }

    /// Arguments up to the closing bracket, which is left.
    fn arguments(&mut self, lists: bool) -> Read<Vec<Operand>> {
        let mut arguments = Vec::new();
        if self.is(Symbol::Close) {
            return Ok(arguments);
        }
        loop {
            let mut argument = self.any()?;
            if lists && self.bare && !matches!(argument.value, Expression::Array(_)) {
                argument.value = Expression::Array(vec![argument.value]);
            }
            arguments.push(argument);
            if !self.take(Symbol::Comma)? {
                return Ok(arguments);
            }
        }
    }

    fn instant(&mut self, read: fn(&str) -> Option<Instant>, wanted: Wanted) -> Read<Instant> {
        let Token::Text(text) = &self.token else { return Err(self.expected(wanted)) };
        let Some(instant) = read(text) else { return Err(self.expected(wanted)) };
        self.skip()?;
        Ok(instant)
    }

    fn bound(&mut self) -> Read<Bound> {
        const WANTED: Wanted = ("日期、时刻、'..' 或属性", "a date, a moment, '..' or a property");
        let operand = self.any()?;
        Bound::of(operand.value).ok_or(Complaint::Expected { at: operand.at, wanted: WANTED })
    }

    /// A number with its sign: coordinates.
    pub(super) fn coordinate(&mut self, wanted: Wanted) -> Read<f64> {
        let at = self.at;
        let minus = self.take(Symbol::Minus)?;
        if !minus {
            self.take(Symbol::Plus)?;
        }
        let Token::Number(digits) = self.token else { return Err(self.expected(wanted)) };
        self.skip()?;
        let value = Number::literal(digits.to_owned(), at)?.value();
        Ok(if minus { -value } else { value })
    }
}
