//! CQL2 text: recursive descent, one function a rank of operators, one token ahead.
//!
//! A bracket may hold a condition, a number or a list; which of them is told by what was read inside, so that nothing is read twice.

use super::complaint::{Complaint, Read, Wanted};
use super::kind::{Kind, Operand, pair};
use super::lexer::{Lexer, Symbol, Token};
use super::limits::Budget;
use super::operation::{Arithmetic, Comparison, arithmetic, between, like};
use super::{Expression, Number};

const GOES_ON: Wanted = ("AND、OR、运算符或结尾", "AND, OR, an operator or the end");
/// Words that are no property unless quoted.
pub(super) const KEYWORDS: [&str; 11] = ["and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div"];

pub(super) fn read(text: &str, budget: &mut Budget) -> Read<Expression> {
    let mut lexer = Lexer::new(text);
    let (at, token) = lexer.next()?;
    let mut reader = Reader { lexer, budget, token, at, last_end: 0, bare: false };
    let whole = reader.any()?.of(Kind::Truth)?;
    if reader.token == Token::End { Ok(whole) } else { Err(reader.expected(GOES_ON)) }
}

pub(super) struct Reader<'t, 'b> {
    lexer: Lexer<'t>,
    pub(super) budget: &'b mut Budget,
    /// The token ahead, and where it starts.
    pub(super) token: Token<'t>,
    pub(super) at: usize,
    pub(super) last_end: usize,
    /// Whether the last operand was one bracket and nothing else: among the arguments of array functions that is a list of one.
    pub(super) bare: bool,
}

impl<'t> Reader<'t, '_> {
    /// Takes the token ahead.
    pub(super) fn advance(&mut self) -> Read<Token<'t>> {
        self.budget.steps += 1;
        self.last_end = self.lexer.end();
        let (at, next) = self.lexer.next()?;
        self.at = at;
        Ok(std::mem::replace(&mut self.token, next))
    }

    pub(super) fn expected(&self, wanted: Wanted) -> Complaint {
        Complaint::Expected { at: self.at, wanted }
    }

    pub(super) fn is(&self, symbol: Symbol) -> bool {
        self.token == Token::Symbol(symbol)
    }

    pub(super) fn take(&mut self, symbol: Symbol) -> Read<bool> {
        let found = self.is(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn must(&mut self, symbol: Symbol, wanted: Wanted) -> Read<()> {
        if self.take(symbol)? { Ok(()) } else { Err(self.expected(wanted)) }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.token, Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    pub(super) fn take_word(&mut self, word: &str) -> Read<bool> {
        let found = self.is_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// The word ahead, when it is one.
    pub(super) fn word(&self) -> Option<&'t str> {
        if let Token::Word(word) = self.token { Some(word) } else { None }
    }

    pub(super) fn skip(&mut self) -> Read<()> {
        self.advance().map(|_| ())
    }

    pub(super) fn made(&mut self, at: usize, value: Expression) -> Read<Operand> {
        self.budget.node()?;
        self.bare = false;
        Ok(Operand { at, value })
    }

    /// Any expression: the lowest rank.
    pub(super) fn any(&mut self) -> Read<Operand> {
        self.joined("or", Self::conjunction, Expression::Or)
    }

    fn conjunction(&mut self) -> Read<Operand> {
        self.joined("and", Self::negation, Expression::And)
    }

    fn joined(&mut self, word: &str, part: fn(&mut Self) -> Read<Operand>, join: fn(Vec<Expression>) -> Expression) -> Read<Operand> {
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let at = first.at;
        let mut parts = vec![first.of(Kind::Truth)?];
        while self.take_word(word)? {
            parts.push(part(self)?.of(Kind::Truth)?);
        }
        self.made(at, join(parts))
    }

    fn negation(&mut self) -> Read<Operand> {
        let at = self.at;
        let mut count = 0;
        while self.take_word("not")? {
            self.budget.descend()?;
            count += 1;
        }
        let mut operand = self.predicate()?;
        for _ in 0..count {
            self.budget.ascend();
            let inner = operand.boxed(Kind::Truth)?;
            operand = self.made(at, Expression::Not(inner))?;
        }
        Ok(operand)
    }

    fn predicate(&mut self) -> Read<Operand> {
        let left = self.sum()?;
        let at = left.at;
        let mut whole = if let Some(comparison) = self.comparison() {
            self.skip()?;
            let right = self.sum()?;
            let sides = pair([left, right], Kind::Scalar)?;
            self.made(at, Expression::Compare(comparison, sides))?
        } else {
            let negated = self.take_word("not")?;
            match self.tested(left)? {
                (false, _) if negated => return Err(self.expected(("LIKE、BETWEEN 或 IN", "LIKE, BETWEEN or IN"))),
                (_, test) if negated => {
                    let inner = test.boxed(Kind::Truth)?;
                    self.made(at, Expression::Not(inner))?
                }
                (_, test) => test,
            }
        };
        while self.take_word("is")? {
            let negated = self.take_word("not")?;
            if !self.take_word("null")? {
                return Err(self.expected(if negated { ("NULL", "NULL") } else { ("NULL 或 NOT NULL", "NULL or NOT NULL") }));
            }
            let inner = whole.boxed(Kind::Any)?;
            whole = self.made(at, Expression::IsNull(inner))?;
            if negated {
                let inner = whole.boxed(Kind::Truth)?;
                whole = self.made(at, Expression::Not(inner))?;
            }
        }
        Ok(whole)
    }

    /// `left LIKE …`, `left BETWEEN …`, `left IN …`, or `left` alone; and whether it was one of them.
    fn tested(&mut self, left: Operand) -> Read<(bool, Operand)> {
        let at = left.at;
        let test = if self.take_word("like")? {
            let pattern = self.primary()?;
            like(left, pattern)?
        } else if self.take_word("between")? {
            let low = self.sum()?;
            if !self.take_word("and")? {
                return Err(self.expected(("AND 和上限", "AND and the greatest value")));
            }
            let high = self.sum()?;
            between([left, low, high])?
        } else if self.take_word("in")? {
            let value = left.boxed(Kind::Scalar)?;
            self.budget.descend()?;
            self.must(Symbol::Open, ("( 和列表", "( and a list"))?;
            let items = self.items(Kind::Scalar, Symbol::Close)?;
            self.budget.ascend();
            Expression::In(value, items)
        } else {
            return Ok((false, left));
        };
        Ok((true, self.made(at, test)?))
    }

    fn comparison(&self) -> Option<Comparison> {
        Some(match self.token {
            Token::Symbol(Symbol::Equal) => Comparison::Equal,
            Token::Symbol(Symbol::Unequal) => Comparison::Unequal,
            Token::Symbol(Symbol::Less) => Comparison::Less,
            Token::Symbol(Symbol::LessOrEqual) => Comparison::LessOrEqual,
            Token::Symbol(Symbol::Greater) => Comparison::Greater,
            Token::Symbol(Symbol::GreaterOrEqual) => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    fn sum(&mut self) -> Read<Operand> {
        self.run(Self::product, |token| match token {
            Token::Symbol(Symbol::Plus) => Some(Arithmetic::Plus),
            Token::Symbol(Symbol::Minus) => Some(Arithmetic::Minus),
            _ => None,
        })
    }

    fn product(&mut self) -> Read<Operand> {
        self.run(Self::power, |token| match token {
            Token::Symbol(Symbol::Star) => Some(Arithmetic::Times),
            Token::Symbol(Symbol::Slash) => Some(Arithmetic::Over),
            Token::Symbol(Symbol::Percent) => Some(Arithmetic::Modulo),
            Token::Word(word) if word.eq_ignore_ascii_case("div") => Some(Arithmetic::Div),
            _ => None,
        })
    }

    fn run(&mut self, part: fn(&mut Self) -> Read<Operand>, operator: fn(&Token<'t>) -> Option<Arithmetic>) -> Read<Operand> {
        let mut left = part(self)?;
        while let Some(operator) = operator(&self.token) {
            self.skip()?;
            let at = left.at;
            let right = part(self)?;
            let value = arithmetic(operator, left, right)?;
            left = self.made(at, value)?;
        }
        Ok(left)
    }

    /// `a ^ b`, from right to left, under a sign or none.
    fn power(&mut self) -> Read<Operand> {
        let base = self.signed()?;
        if !self.take(Symbol::Caret)? {
            return Ok(base);
        }
        let at = base.at;
        self.budget.descend()?;
        let exponent = self.power()?;
        self.budget.ascend();
        let value = arithmetic(Arithmetic::Power, base, exponent)?;
        self.made(at, value)
    }

    /// A sign belongs to the number that follows it; before anything else minus is −1 times.
    fn signed(&mut self) -> Read<Operand> {
        let at = self.at;
        let minus = self.is(Symbol::Minus);
        if !minus && !self.is(Symbol::Plus) {
            return self.primary();
        }
        self.skip()?;
        if let Token::Number(digits) = self.token {
            self.skip()?;
            let number = Number::literal(if minus { format!("-{digits}") } else { digits.to_owned() }, at)?;
            return self.made(at, Expression::Number(number));
        }
        if !minus {
            return Err(self.expected(("数字", "a number")));
        }
        self.budget.descend()?;
        let factor = self.power()?;
        self.budget.ascend();
        let minus_one = self.made(at, Expression::Number(Number::minus_one()))?;
        let value = arithmetic(Arithmetic::Times, minus_one, factor)?;
        self.made(at, value)
    }
}
